/** Text of a file, taken in by the bundler (scripts/build.mjs) and by vitest. */
declare module '*?raw' {
  const text: string;
  export default text;
}
