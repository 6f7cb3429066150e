declare module '*.wgsl?raw' {
  /** The shader's text. */
  const text: string;
  export default text;
}
