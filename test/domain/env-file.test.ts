import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planEnvFile, readEnvToken, readEnvValue } from '../../src/domain/env-file.ts';
import { Failure } from '../../src/domain/failure.ts';
import { Secret } from '../../src/domain/secret.ts';

const token = new Secret('eyJhIjoiMSIsInMiOiIyIiwidCI6IjMifQ==');
const plan = (...args: Parameters<typeof planEnvFile>) => planEnvFile(...args).reveal();

describe('planEnvFile', () => {
  test('a new file, and back to none', () => {
    const text = plan(undefined, { COMPOSE_PROJECT_NAME: 'mcp-tunnel', TUNNEL_TOKEN: token });
    expect(text).toMatch(/^# .*\nCOMPOSE_PROJECT_NAME=mcp-tunnel\n# .*\nTUNNEL_TOKEN=eyJ\S+\n$/);
    expect(plan(text, { COMPOSE_PROJECT_NAME: undefined, TUNNEL_TOKEN: undefined })).toBe('');
    expect(plan(undefined, {})).toBe('');
  });

  test('every other line stays byte for byte', () => {
    const before =
      '# mine\r\n\r\nexport COMPOSE_PROJECT_NAME = "old"  # why\r\nA="x\nCOMPOSE_PROJECT_NAME=inside\n"\r\nB=1';
    expect(plan(before, { COMPOSE_PROJECT_NAME: 'new' })).toBe(before.replace('"old"', 'new'));
    expect(plan(before, { COMPOSE_PROJECT_NAME: undefined })).toBe(
      before.replace('export COMPOSE_PROJECT_NAME = "old"  # why\r\n', ''),
    );
    expect(plan(before, {})).toBe(before);
  });

  test.each([
    ['A=1', 'A=1\n# '],
    ['A=1\r\n', 'A=1\r\n# '],
  ])('appended to %j', (before, start) => {
    const text = plan(before, { TUNNEL_TOKEN: token });
    expect(text.startsWith(start)).toBe(true);
    expect(text.includes('\r\n')).toBe(before.includes('\r\n'));
    expect(readEnvToken(text)?.equals(token)).toBe(true);
  });

  test('the same value in other quotes is left as it is', () => {
    for (const value of ['mcp', '"mcp"', "'mcp'", 'mcp # note']) {
      const before = `COMPOSE_PROJECT_NAME=${value}\n`;
      expect(plan(before, { COMPOSE_PROJECT_NAME: 'mcp' })).toBe(before);
    }
  });

  test('of a variable given twice one is left, with the wanted value', () => {
    const before = 'TUNNEL_TOKEN=old1\nA=1\nTUNNEL_TOKEN=old2\n';
    expect(plan(before, { TUNNEL_TOKEN: token })).toBe(`A=1\nTUNNEL_TOKEN=${token.reveal()}\n`);
  });

  test('a comment that is not ours stays when its variable goes', () => {
    expect(plan('# mine\nTUNNEL_TOKEN=x\nA=1\n', { TUNNEL_TOKEN: undefined })).toBe(
      '# mine\nA=1\n',
    );
  });

  test('is not printable by accident', () => {
    const text = planEnvFile(`TUNNEL_TOKEN=${token.reveal()}\n`, {});
    expect(`${text} ${JSON.stringify(text)} ${inspect(text)}`).not.toContain('eyJ');
  });

  test('a quote that is never closed is refused by line, without the value', () => {
    let thrown: unknown;
    try {
      planEnvFile('A=1\nTUNNEL_TOKEN="eyJsecret\n', { TUNNEL_TOKEN: undefined });
    } catch (error) {
      thrown = error;
    }
    if (!(thrown instanceof Failure)) throw new Error('no failure');
    expect(thrown.code).toBe('file-malformed');
    expect(thrown.summary).toContain('.env, line 2');
    expect(inspect(thrown)).not.toContain('eyJ');
  });

  test('a value that .env cannot hold is a bug of ours', () => {
    expect(() => planEnvFile('', { COMPOSE_PROJECT_NAME: "a'b\n" })).toThrow(
      /COMPOSE_PROJECT_NAME/,
    );
  });

  const plainName = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,12}$/);
  const others = fc.array(
    fc.oneof(
      fc.constantFrom(
        '',
        '# c',
        'A=1',
        'export B="x y"',
        "C='it # is'",
        'D="two\nlines"',
        'E',
        '=',
        '\tF = 2 # n',
      ),
      fc.stringMatching(/^[^'"\n]*$/),
    ),
  );

  test('set is read back, setting it again changes nothing, and the other lines are there in order', () => {
    fc.assert(
      fc.property(others, fc.nat(), plainName, plainName, (lines, at, before, value) => {
        const place = at % (lines.length + 1);
        const text = [
          ...lines.slice(0, place),
          `COMPOSE_PROJECT_NAME=${before}`,
          ...lines.slice(place),
          '',
        ].join('\n');
        const next = plan(text, { COMPOSE_PROJECT_NAME: value });
        expect(readEnvValue(next, 'COMPOSE_PROJECT_NAME')).toBe(value);
        expect(next).toBe(
          text.replace(`COMPOSE_PROJECT_NAME=${before}\n`, `COMPOSE_PROJECT_NAME=${value}\n`),
        );
        expect(plan(next, { COMPOSE_PROJECT_NAME: value })).toBe(next);
      }),
    );
  });

  test('any text: refused in words, or set', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), plainName, (text, value) => {
        try {
          expect(
            readEnvValue(
              planEnvFile(text, { COMPOSE_PROJECT_NAME: value }),
              'COMPOSE_PROJECT_NAME',
            ),
          ).toBe(value);
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
        }
      }),
    );
  });
});

describe('reading', () => {
  test.each([
    ['COMPOSE_PROJECT_NAME=a', 'a'],
    ['  export COMPOSE_PROJECT_NAME="a b" # c', 'a b'],
    ["COMPOSE_PROJECT_NAME='a # b'", 'a # b'],
    ['COMPOSE_PROJECT_NAME=a#b # c', 'a#b'],
    ['COMPOSE_PROJECT_NAME: a', 'a'],
    ['COMPOSE_PROJECT_NAME="a\\"b\\n"', 'a"b\n'],
    ['\uFEFFCOMPOSE_PROJECT_NAME=a', 'a'],
    ['COMPOSE_PROJECT_NAME=a\nCOMPOSE_PROJECT_NAME=b', 'b'],
    ['COMPOSE_PROJECT_NAME=', undefined],
    ['COMPOSE_PROJECT_NAME=# c', undefined],
    ['# COMPOSE_PROJECT_NAME=a', undefined],
    ['X="\nCOMPOSE_PROJECT_NAME=a\n"', undefined],
    [undefined, undefined],
  ])('%j: %j', (text, value) => {
    expect(readEnvValue(text, 'COMPOSE_PROJECT_NAME')).toBe(value);
  });
});
