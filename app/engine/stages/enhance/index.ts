export { Enhance, type EnhanceRequest } from './enhance';
export { LumaUpscaler, type LumaCoding, type LumaUpscalerOptions } from './luma-upscaler';
