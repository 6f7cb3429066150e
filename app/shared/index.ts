export * from './contract';
export * from './errors';
export * from './job';
export * from './measure';
export * from './media-info';
export * from './model-info';
export * from './options';
export * from './presets';
