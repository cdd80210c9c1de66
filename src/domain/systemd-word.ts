/**
 * One word of a setting in a unit file, whatever it holds: quoted where needed, specifiers (`%`)
 * escaped; on a command line variables (`$`), too. Line breaks have no place in a unit file.
 * @throws Error (a bug of ours) for a control character.
 */
export function systemdWord(text: string, where: 'setting' | 'command' = 'setting'): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
  if (/[\u0000-\u001f\u007f]/u.test(text)) throw new Error('a control character in a unit file');
  const escaped = text.replaceAll('%', '%%');
  const plain = where === 'command' ? escaped.replaceAll('$', '$$$$') : escaped;
  if (/^[\w@%+=:,./$-]+$/u.test(plain)) return plain;
  return `"${plain.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
