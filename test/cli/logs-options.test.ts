import { describe, expect, test } from 'vitest';
import { commandTable } from '../../src/cli/commands.ts';
import { logsOptions } from '../../src/cli/logs-options.ts';
import { parseArgv } from '../../src/cli/parse-argv.ts';
import { Failure } from '../../src/domain/failure.ts';
import { installQuestions } from '../../src/questions/install-questions.ts';

const commands = commandTable(installQuestions);
const now = new Date('2026-11-24T10:00:00Z');
const options = (...argv: string[]) =>
  logsOptions(parseArgv(['logs', ...argv], commands), '/home/me', now);

function refusal(...argv: string[]): Failure {
  try {
    options(...argv);
  } catch (error) {
    if (error instanceof Failure) return error;
  }
  throw new Error('not refused');
}

describe('logsOptions', () => {
  test('without flags: everything that is there, explained', () => {
    expect(options()).toEqual({
      services: [],
      follow: false,
      since: undefined,
      tail: undefined,
      filter: { problems: false },
      explain: true,
      save: undefined,
    });
  });

  test('services before and behind flags, each once; the short flag', () => {
    expect(options('cloudflared', '-f', 'mcp-proxy', 'cloudflared')).toMatchObject({
      services: ['cloudflared', 'mcp-proxy'],
      follow: true,
    });
  });

  test('everything at once', () => {
    expect(
      options(
        ...['--follow', '--tail', '20', '--level', 'WARN', '--grep', 'edge'],
        ...['--problems', '--no-explain', '--save', 'here.log'],
      ),
    ).toMatchObject({
      follow: true,
      tail: 20,
      filter: { level: 'warning', grep: 'edge', problems: true },
      explain: false,
      save: '/home/me/here.log',
    });
  });

  test.each([
    ['30m', '2026-11-24T09:30:00.000Z'],
    ['1d', '2026-11-23T10:00:00.000Z'],
    ['2026-11-24T09:00:00Z', '2026-11-24T09:00:00.000Z'],
    ['2026-11-24 09:00:00.250+02:00', '2026-11-24T07:00:00.250Z'],
    ['2026-11-24T09:00', new Date('2026-11-24T09:00').toISOString()],
    ['2026-11-23', new Date('2026-11-23T00:00').toISOString()],
  ])('--since %s', (text, since) => {
    expect(options('--since', text).since?.toISOString()).toBe(since);
  });

  test.each([
    [
      ['--since', 'yesterday'],
      '--since: "yesterday" is no duration.',
      'mcp-tunnel logs --since 30m',
    ],
    [
      ['--since', '2026-13-24'],
      '--since: "2026-13-24" is no duration.',
      'mcp-tunnel logs --since 30m',
    ],
    [
      ['--since', '2026-11-24T10:00:01Z'],
      '--since: this time has not come yet.',
      'mcp-tunnel logs --since 30m',
    ],
    [
      ['--tail', 'all'],
      '--tail: that is no number of lines that can be kept.',
      'mcp-tunnel logs --tail 100',
    ],
    [
      ['--tail', '10001'],
      '--tail: that is no number of lines that can be kept.',
      'mcp-tunnel logs --tail 100',
    ],
    [
      ['--tail=-1'],
      '--tail: that is no number of lines that can be kept.',
      'mcp-tunnel logs --tail 100',
    ],
    [['--level', 'eror'], '--level: there is no such level.', 'mcp-tunnel logs --level error'],
    [['--level', 'loud'], '--level: there is no such level.', 'mcp-tunnel logs --level warning'],
  ])('%j is refused with the next step', (argv, summary, next) => {
    const failure = refusal(...argv);
    expect(failure).toMatchObject({ code: 'usage', nextSteps: [next] });
    expect(failure.summary).toContain(summary);
    expect(failure.expected).not.toBe('');
  });
});
