import { appEn, type AppWords } from './app';
import { errorsEn, type ErrorsWords } from './errors';
import { exportEn, type ExportWords } from './export';
import { factsEn, type FactsWords } from './facts';
import { historyEn, type HistoryWords } from './history';
import { playerEn, type PlayerWords } from './player';
import { preferencesEn, type PreferencesWords } from './preferences';
import { queueEn, type QueueWords } from './queue';
import { segmentEn, type SegmentWords } from './segment';
import { stepsEn, type StepsWords } from './steps';

export type {
  AppWords,
  ErrorsWords,
  ExportWords,
  FactsWords,
  HistoryWords,
  PlayerWords,
  PreferencesWords,
  QueueWords,
  SegmentWords,
  StepsWords,
};

/**
 * Everything that the window says, in English: the model that other languages are held to by its type. Numbers are handed
 * in as they are shown. What the engine says (notes, reasons, details of errors) stands in English.
 */
export interface Words
  extends
    AppWords,
    FactsWords,
    PlayerWords,
    StepsWords,
    SegmentWords,
    ExportWords,
    QueueWords,
    HistoryWords,
    PreferencesWords,
    ErrorsWords {}

export const en: Words = {
  ...appEn,
  ...factsEn,
  ...playerEn,
  ...stepsEn,
  ...segmentEn,
  ...exportEn,
  ...queueEn,
  ...historyEn,
  ...preferencesEn,
  ...errorsEn,
};
