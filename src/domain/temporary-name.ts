/**
 * Name of a file until it is complete and takes the place of `name` in the same folder. `unique` is
 * twelve lower-case hex digits.
 */
export function temporaryName(name: string, unique: string): string {
  return `.${name}.tmp-${unique}`;
}

/** True for the name of a file that a killed run left incomplete: of `name`, or of any file. */
export function isTemporaryName(candidate: string, name?: string): boolean {
  const found = /^\.(.+)\.tmp-[0-9a-f]{12}$/u.exec(candidate);
  return found !== null && (name === undefined || found[1] === name);
}
