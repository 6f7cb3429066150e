import type { Words } from '../en';
import { appZh } from './app';
import { errorsZh } from './errors';
import { exportZh } from './export';
import { factsZh } from './facts';
import { historyZh } from './history';
import { playerZh } from './player';
import { preferencesZh } from './preferences';
import { queueZh } from './queue';
import { segmentZh } from './segment';
import { stepsZh } from './steps';

/** Simplified Chinese. */
export const zh: Words = {
  ...appZh,
  ...factsZh,
  ...playerZh,
  ...stepsZh,
  ...segmentZh,
  ...exportZh,
  ...queueZh,
  ...historyZh,
  ...preferencesZh,
  ...errorsZh,
};
