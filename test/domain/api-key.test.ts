import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseApiKey } from '../../src/domain/api-key.ts';
import {
  anyText,
  expectNoHang,
  expectNoLeak,
  problemOf,
  randomText,
  secret,
  tunnelToken,
} from './foreign-texts.ts';

const body = 'Ab3-_'.repeat(18);
const key = `sk-ant-api03-${body}AA`;

function revealed(pasted: string): string | undefined {
  const read = parseApiKey(pasted);
  return read.ok ? read.value.reveal() : undefined;
}

describe('parseApiKey', () => {
  test.each([
    ['bare', key],
    ['with a line end', `${key}\r\n`],
    ['in quotes', `"${key}"`],
    ['as an export', `export ANTHROPIC_API_KEY='${key}'`],
    ['in a .env file', `OTHER=1\nANTHROPIC_API_KEY=${key}\n`],
    ['as a header', `x-api-key: ${key}`],
    ['in a command', `curl -H "Authorization: Bearer ${key}" https://api.anthropic.com`],
    ['in a bracketed paste', `\u001b[200~${key}\u001b[201~`],
    ['with a zero-width space', `\u200b${key}`],
    ['wrapped over lines', `${key.slice(0, 60)}\n${key.slice(60)}`],
    [
      'an assignment wrapped over lines',
      `ANTHROPIC_API_KEY="${key.slice(0, 40)}\n  ${key.slice(40)}"`,
    ],
    ['twice the same', `${key} ${key}`],
  ])('%s', (_, pasted) => {
    expect(revealed(pasted)).toBe(key);
  });

  test.each([
    ['nothing', '', 'The API key is empty.'],
    ['quotes only', '""', 'The API key is empty.'],
    ['two keys', `${key} sk-ant-api03-${'B'.repeat(90)}`, 'holds 2 different API keys'],
    ['the hint that the Console shows', 'sk-ant-api03-R2D...igAA', 'masked or cut off'],
    ['a masked one', 'sk-ant-api03-********', 'masked or cut off'],
    [
      'an Admin key',
      `sk-ant-admin01-${body}`,
      'This is an Anthropic Admin API key (sk-ant-admin…)',
    ],
    ['an OAuth token', `sk-ant-oat01-${body}`, 'This is an Anthropic OAuth access token'],
    ['a JWT', 'eyJhbGciOi.eyJpc3Mi.c2ln', 'This is a JWT'],
    ['a workspace’s ID', 'wrkspc_01AbC', "This is a workspace's ID"],
    ['a private key', '-----BEGIN PRIVATE KEY-----\nMII', 'This is a private key in PEM form'],
    ['words', 'my key', 'This is not an API key: one begins with sk-ant-api'],
    ['a novel', 'x'.repeat(70_000), '70000 characters long'],
  ])('%s is refused and named', (_, pasted, why) => {
    const problem = problemOf(parseApiKey(pasted));
    expect(problem).toContain(why);
    expect(problem).toContain('API key');
  });

  test('a tunnel token is named', () => {
    fc.assert(
      fc.property(tunnelToken, (token) => {
        expect(problemOf(parseApiKey(token))).toContain('This is a tunnel token, not an API key.');
      }),
      { numRuns: 50 },
    );
  });

  test('every good key is read whatever stands around it', () => {
    fc.assert(
      fc.property(randomText(90), fc.constantFrom('', ' ', '\n', '"', "'", '`'), (text, around) => {
        const good = `sk-ant-api03-${text}AA`;
        expect(revealed(`${around}${good}${around}`)).toBe(good);
      }),
    );
  });

  test('never throws, and no problem holds a piece of what was pasted', () => {
    fc.assert(fc.property(anyText, (text) => void parseApiKey(text)));
    fc.assert(
      fc.property(secret, anyText, (hidden, around) => {
        expectNoLeak(parseApiKey(`${around}${hidden}`), hidden);
      }),
    );
  });

  test('takes linear time', () => expectNoHang(parseApiKey));
});
