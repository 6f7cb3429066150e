import type { PreferencesWords } from '../en';
import { keysZh } from './keys';

export const preferencesZh: PreferencesWords = {
  preferences: {
    heading: '偏好设置',
    general: '通用',
    shortcuts: '快捷键',
    presets: '预设',
    about: '关于',
    language: '语言',
    languageAuto: '跟随系统',
    theme: '外观',
    themes: { auto: '跟随系统', light: '浅色', dark: '深色' },
    network: '除非您按下面的按钮，Clearcut 不使用网络。',
    checkUpdates: '检查更新',
    upToDate: '已是最新版本。',
    newer: (version) => `有新版本 ${version}。`,
    version: (version) => `版本 ${version}`,
  },
  keys: keysZh,
};
