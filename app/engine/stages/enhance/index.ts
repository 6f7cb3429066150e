export { Enhance, type EnhanceRequest } from './enhance';
export { frameProgram, gpuTileBudget } from './frame-program';
export { LumaUpscaler, type LumaCoding, type LumaUpscalerOptions } from './luma-upscaler';
