import { readEnvStatements } from '../env-statements.ts';
import { withoutValue } from './variables.ts';

/** `.env` for a report: which variables it sets, with values only where they are nobody's secret. */
export function envForReport(text: string): string {
  const read = readEnvStatements(text);
  if (!read.ok) return `# left out: ${read.problem}\n`;
  return read.value.map(({ name, value }) => `${withoutValue(`${name}=${value}`)}\n`).join('');
}
