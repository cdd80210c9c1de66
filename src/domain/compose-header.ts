import { lineBreak } from './yaml-splice.ts';

/** The comment block at the top of a compose file that we write: who wrote it, and what to do by hand. */
const block = /^# Written by mcp-tunnel [^\n]*\n(?:#[^\n]*\n)*?# -{20,}[^\n]*\n/m;

/**
 * Brings the block in `text` up to date with the one in `rendered`. Where there is none it goes to the
 * top of a file that is edited for the first time; an operator who took it out has it stay out.
 */
export function withHeader(text: string, rendered: string, firstTime: boolean): string {
  const header = block.exec(rendered)?.[0];
  if (header === undefined) throw new Error('The compose template has no header');
  const ours = header.replaceAll('\n', lineBreak(text));
  if (block.test(text)) return text.replace(block, () => ours);
  if (!firstTime) return text;
  const start = text.startsWith('\uFEFF') ? 1 : 0;
  return text.slice(0, start) + ours + lineBreak(text) + text.slice(start);
}
