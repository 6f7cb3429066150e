export { evalDeblur, evalInterp, type EvalContext } from './eval-motion';
