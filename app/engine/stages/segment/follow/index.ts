export { Follower, LOOKAHEAD, type FoundFrame } from './follower';
