/** Built-in presets in Chinese, by name. */
export const presetsZh: Readonly<Record<string, { readonly title: string; readonly help: string }>> = {
  'enhance-2x': { title: '增强 ×2', help: '宽高各两倍，处处可播 (H.264)' },
  'enhance-3x': { title: '增强 ×3', help: '宽高各三倍，处处可播 (H.264)' },
  'enhance-4x': { title: '增强 ×4', help: '宽高各四倍，处处可播 (H.264)' },
  'to-1080p': { title: '到 1080p', help: '在 1920 × 1080 内尽可能大，处处可播 (H.264)' },
  'to-4k': { title: '到 4K', help: '在 3840 × 2160 内尽可能大 (HEVC，写入较慢)' },
  restore: { title: '修复 ×2', help: '宽高各两倍，适用于压缩过或略有模糊的视频 (H.264)' },
  'enhance-2x-small': { title: '增强 ×2，小文件', help: '宽高各两倍，约一半大小 (HEVC，写入较慢)' },
  'enhance-2x-edit': { title: '增强 ×2，用于剪辑', help: '宽高各两倍，用于剪辑软件 (ProRes 422 HQ)' },
  'enhance-2x-archive': { title: '增强 ×2，无损', help: '宽高各两倍，写入时无任何损失 (FFV1，文件大)' },
  'smooth-2x': { title: '更流畅 ×2', help: '帧率加倍：每秒 30 帧变为 60 帧 (H.264)' },
  deblur: { title: '消除运动模糊', help: '去除运动模糊，其余不变；需要运动网络 (H.264)' },
  'slow-4x': { title: '慢动作 ×4', help: '帧率不变，时长四倍，声音拉长 (H.264)' },
  'cut-out-people': { title: '抠出人物', help: '只留人物，其余透明，用于剪辑软件 (ProRes 4444)' },
  'blur-background': { title: '虚化背景', help: '人物保持清晰，身后一切虚化 (H.264)' },
  'enhance-2x-smooth': { title: '更流畅并增强 ×2', help: '先将帧率加倍，再将宽高各加倍 (H.264)' },
};
