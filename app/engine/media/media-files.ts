export { isMediaFile, isStillFile } from '../../shared';
