import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerQuestions } from '../../src/questions/answer-questions.ts';
import { installQuestions } from '../../src/questions/install-questions.ts';
import type { Question } from '../../src/questions/question.ts';
import { anyText, expectNoLeak, secret } from '../domain/foreign-texts.ts';

const questions: readonly (readonly [string, Question<unknown>])[] =
  Object.entries(installQuestions);

/** What YAML, flags and variables can bring, and more. */
const anything = fc.oneof(
  anyText,
  fc.anything({ maxDepth: 3, withDate: true, withNullPrototype: true }),
  fc.array(anyText, { maxLength: 4 }),
  fc.array(fc.tuple(anyText, anyText), { maxLength: 4 }).map((pairs) => new Map(pairs)),
  fc.dictionary(anyText, fc.oneof(anyText, fc.anything({ maxDepth: 1 }))),
  fc.array(
    fc.tuple(anyText, anyText).map((pair) => pair.join('=')),
    { maxLength: 4 },
  ),
);

describe.each(questions)('%s', (id, question) => {
  test('is described: asked with a question mark, found under its own name', () => {
    expect(question.id).toBe(id);
    expect(question.label).toMatch(/\?$/u);
    expect(question.help).toMatch(/\S[.)]$/u);
    expect(question.flag).toMatch(/^[a-z][a-z-]*$/u);
    expect(question.env).toMatch(/^MCP_TUNNEL_[A-Z_]+$/u);
  });

  test('reads or refuses anything without crashing, in words', () => {
    fc.assert(
      fc.property(anything, (raw) => {
        const outcome = question.parse(raw);
        if (outcome.ok) return;
        expect(outcome.problem).toMatch(/\S/u);
        expect(outcome.problem).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        expect(outcome.problem.length).toBeLessThan(2_000);
      }),
      { numRuns: 50 },
    );
  });

  test('never repeats a secret, alone, assigned, in a list or in a map', () => {
    fc.assert(
      fc.property(secret, (text) => {
        const shapes = [
          text,
          `TUNNEL_TOKEN=${text}`,
          `${text}=x`,
          [text],
          [`wiki=${text}`, `${text}=`],
          [{ [text]: text }],
          { wiki: text },
          { [text]: 'http://a:1' },
          { [text]: 7 },
          { proxy: text },
          { proxy: { [text]: text } },
          { proxy: [text] },
        ];
        for (const raw of shapes) expectNoLeak(question.parse(raw), text);
      }),
      { numRuns: 20 },
    );
  });
});

test('every question has its own flag, variable and key', () => {
  for (const part of ['flag', 'env', 'key'] as const)
    expect(new Set(questions.map(([, question]) => question[part])).size).toBe(questions.length);
});

test.each(['a', ',', '=', 'a=b,', 'a,', 'eyJ ', '10.0.0.0/8,', '\0'])(
  'as much of %j as an environment variable can hold is judged, too',
  (unit) => {
    const text = unit.repeat(Math.ceil(131_072 / unit.length));
    for (const [, question] of questions)
      for (const raw of [text, [text], { [text]: text }])
        expect(question.parse(raw)).toHaveProperty('ok');
  },
);

describe('answerQuestions', () => {
  test('collects all problems with their sources, and leaves the unanswered open', () => {
    const { values, problems } = answerQuestions(installQuestions, {
      keyType: { value: 'p-256', source: '--key-type' },
      caDays: { value: 'ten', source: 'MCP_TUNNEL_CA_DAYS' },
      token: { value: undefined, source: '--token-file (/gone)', problem: 'There is nothing.' },
    });
    expect(values).toMatchObject({ keyType: 'p-256', caDays: undefined, token: undefined });
    expect(values.domain).toBeUndefined();
    expect(problems).toEqual([
      {
        question: 'What is the tunnel’s token?',
        problem: 'There is nothing. (from --token-file (/gone))',
        flag: '--token-file',
        env: 'MCP_TUNNEL_TOKEN',
        key: 'tunnel.tokenFile',
      },
      {
        question: 'For how many days is a new CA valid?',
        problem: 'Expected a whole number from 1 to 10950. (from MCP_TUNNEL_CA_DAYS)',
        flag: '--ca-days',
        env: 'MCP_TUNNEL_CA_DAYS',
        key: 'certificates.caDays',
      },
    ]);
  });

  test('what was named but cannot be used is a problem even where a value would do', () => {
    const { values, problems } = answerQuestions(installQuestions, {
      domain: { value: 'abcd1234.tunnel.anthropic.com', source: 'x', problem: 'No.' },
    });
    expect(values.domain).toBeUndefined();
    expect(problems).toHaveLength(1);
  });
});
