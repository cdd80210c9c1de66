/** What a line to type begins with. */
const programs =
  'cd|docker|docker-compose|mcp-tunnel|npm start|sudo|chmod|chown|unset|systemctl|timedatectl|loginctl|getent|df|ls|rm|mkdir|mv|curl|nc|openssl|ip|ss|usermod';
/** The whole line, or what stands behind the last `…: `. */
const command = new RegExp(`(?:^|: )((?:${programs}) .*)$`, 'u');

/** Where a remark begins: a bracket that is no `$(…)`, a second command or sentence, an alternative. */
function withoutRemark(text: string): string {
  const [line = ''] = text.split(/ +\(|; |\. (?=[A-Z])|,? then /u);
  return line.trim().replace(/[.,]$/u, '');
}

/**
 * The first command in a fix, as it can be typed; undefined where the fix is words alone. Pure, and
 * never throws whatever the text.
 */
export function commandIn(fix: string): string | undefined {
  for (const line of fix.split('\n')) {
    const [, found] = command.exec(line) ?? [];
    if (found !== undefined) return withoutRemark(found);
  }
  return undefined;
}
