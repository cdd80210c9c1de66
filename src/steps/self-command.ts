/** argv of `install` on a deployment as argv of another command on it. */
export function selfCommand(
  self: readonly string[],
  name: string,
  ...flags: readonly string[]
): readonly string[] {
  const at = self.lastIndexOf('install', self.lastIndexOf('--dir'));
  return [...(at < 0 ? self : self.with(at, name)), ...flags];
}
