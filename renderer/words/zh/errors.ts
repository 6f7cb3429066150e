import type { ErrorsWords } from '../en';

export const errorsZh: ErrorsWords = {
  errors: {
    byCode: {
      'bad-usage': '这些设置不能一起使用：请更改其中一项。',
      'no-such-file': '找不到文件：请重新打开。',
      'no-media': '此文件夹中没有视频或图像：请选择其他文件夹。',
      'not-media': '这不是视频或图像：请选择其他文件。',
      'damaged-input': '文件不完整或已损坏：请重新复制或下载。',
      'no-video': '此文件中没有画面：请选择其他文件。',
      'unsupported-input': '此文件的格式无法处理：请选择其他文件。',
      'unsupported-output': '结果不能以此格式写入：请选择其他编码或容器。',
      'output-exists': '已有同名文件。请重试以使用另一个名称。',
      'output-is-input': '结果不能覆盖源文件：请选择其他位置。',
      'output-not-writable': '无法写入该位置：请选择其他文件夹。',
      'disk-full': '磁盘已满：请腾出空间后重试；已完成的部分会保留。',
      'tool-missing': '找不到 ffmpeg：请安装后重试。',
      'model-missing': '未安装所需的网络。',
      'model-damaged': '网络文件已损坏：请重新安装 Clearcut。',
      'backend-unavailable': '无法使用所选的计算设备。',
      'bad-result': '结果看起来不对（例如全黑），因此没有写入。',
      'tool-failed': '辅助程序出错：请重试，详情有助于查明原因。',
      'engine-lost': '处理程序意外结束：请重试，已完成的部分会保留。',
      cancelled: '已取消。',
      'device-lost': '显卡停止响应：请重试。',
      'device-out-of-memory': '内存不足：请关闭其他程序后重试。',
      internal: 'Clearcut 内部出错。请重试；如果仍然如此，详情有助于修复。',
    },
  },
};
