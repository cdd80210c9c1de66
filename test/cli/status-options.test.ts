import { describe, expect, test } from 'vitest';
import { commandTable } from '../../src/cli/commands.ts';
import { parseArgv } from '../../src/cli/parse-argv.ts';
import { statusOptions } from '../../src/cli/status-options.ts';
import { installQuestions } from '../../src/questions/install-questions.ts';

const options = (...args: readonly string[]) =>
  statusOptions(parseArgv(['status', ...args], commandTable(installQuestions)), '/home/operator');

describe('statusOptions', () => {
  test('once, unless it is to watch', () => {
    expect(options()).toEqual({ watch: undefined, notify: undefined, prometheus: undefined });
    expect(options('--watch').watch).toEqual({ intervalMs: 10_000 });
  });

  test('the interval is a duration', () => {
    expect(options('--watch', '--interval', '1m30s').watch).toEqual({ intervalMs: 90_000 });
    for (const bad of ['0', '500ms', '25h', 'soon', '10'])
      expect(() => options('--watch', '--interval', bad), bad).toThrow(/--interval: /u);
  });

  test('the metrics file counts from where the command was typed', () => {
    expect(options('--prometheus', 'm.prom').prometheus).toBe('/home/operator/m.prom');
    expect(options('--prometheus', '/var/m.prom').prometheus).toBe('/var/m.prom');
  });

  test('what belongs to a watch says so', () => {
    expect(() => options('--notify', 'true')).toThrow('--notify says nothing without --watch.');
    expect(() => options('--interval', '5s')).toThrow('--interval says nothing without --watch.');
    expect(options('--watch', '--notify', 'true').notify).toBe('true');
  });
});
