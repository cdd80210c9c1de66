import { describe, expect, test } from 'vitest';
import { commandTable } from '../../src/cli/commands.ts';
import { bundleTarget, shellSecrets, steeringVariables } from '../../src/cli/doctor-options.ts';
import { parseArgv } from '../../src/cli/parse-argv.ts';
import { installQuestions } from '../../src/questions/install-questions.ts';

const target = (...args: readonly string[]) =>
  bundleTarget(parseArgv(['doctor', ...args], commandTable(installQuestions)), '/home/operator');

describe('a report', () => {
  test('is made where it was asked for, counted from where the command was typed', () => {
    expect(target()).toBeUndefined();
    expect(target('--bundle', 'r.tar.gz')).toEqual({
      path: '/home/operator/r.tar.gz',
      force: false,
    });
    expect(target('--bundle', '/tmp/r', '--force')).toEqual({ path: '/tmp/r', force: true });
  });

  test('--force needs something to force', () => {
    expect(() => target('--force')).toThrow('--force says nothing without --bundle.');
    expect(() => target('--bundle', '')).toThrow(/--bundle needs a value \(FILE\)/u);
  });
});

describe('the shell', () => {
  const env = {
    TUNNEL_TOKEN: 'a-token-of-the-shell',
    COMPOSE_FILE: '',
    COMPOSE_PROGRESS: 'plain',
    TUNNEL_NOTHING: undefined,
    ANTHROPIC_API_KEY: 'sk-ant-secret',
    DB_PASSWORD: 'short',
    TOKEN_FILE: '/run/secrets/token',
    HOME: '/home/operator',
    MY_TUNNEL_TOKEN_COUNT: '12345678',
  };

  test('its variables that Compose goes by are named, empty ones too', () => {
    expect(steeringVariables(env)).toEqual(['COMPOSE_FILE', 'TUNNEL_TOKEN']);
  });

  test('its secrets are known, and mask themselves', () => {
    const secrets = shellSecrets(env);
    expect(secrets.map((each) => each.reveal())).toEqual([
      'a-token-of-the-shell',
      'sk-ant-secret',
      '12345678',
    ]);
    expect(JSON.stringify(secrets)).not.toContain('a-token');
  });
});
