export { Follower, FOLLOWING, LOOKAHEAD, type FoundFrame } from './follower';
