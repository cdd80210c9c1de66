import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calledTool, readMessagesAnswer } from '../../src/domain/messages-answer.ts';
import { anyText } from './foreign-texts.ts';

const use = {
  type: 'mcp_tool_use',
  id: 'mcptoolu_1',
  name: 'hello',
  server_name: 'echo',
  input: { name: 'tunnel' },
};
const result = (content: unknown, more: Readonly<Record<string, unknown>> = {}) => ({
  ...{ type: 'mcp_tool_result', tool_use_id: 'mcptoolu_1', is_error: false, content },
  ...more,
});

function read(...content: readonly unknown[]) {
  const answer = readMessagesAnswer({ content, stop_reason: 'end_turn' });
  if (!answer) throw new Error('no answer');
  return answer;
}

describe('readMessagesAnswer', () => {
  test('the answer of the guide', () => {
    const answer = read(
      { type: 'text', text: 'I will.' },
      use,
      result([{ type: 'text', text: 'Hello, tunnel!' }]),
      { type: 'text', text: 'Done.' },
    );
    expect(answer).toEqual({
      uses: [{ id: 'mcptoolu_1', tool: 'hello', server: 'echo', input: '{"name":"tunnel"}' }],
      results: [{ of: 'mcptoolu_1', isError: false, text: 'Hello, tunnel!' }],
      text: 'I will.\nDone.',
      stopReason: 'end_turn',
    });
    expect(calledTool(answer, 'hello')).toMatchObject({
      kind: 'answered',
      result: { text: 'Hello, tunnel!' },
    });
  });

  test.each([
    ['text', 'Hello!', 'Hello!'],
    [
      'blocks, unknown ones by their type',
      [{ type: 'text', text: 'a' }, { type: 'image' }],
      'a\n[image]',
    ],
    ['nothing', undefined, ''],
    ['something else', 7, ''],
  ])('a result’s content may be %s', (_, content, text) => {
    expect(read(use, result(content)).results[0]?.text).toBe(text);
  });

  test('blocks of types that are not known are passed over', () => {
    const answer = read(
      { type: 'thinking', thinking: 'secret thoughts' },
      { type: 'mcp_tool_listing', tools: [] },
      null,
      'text',
      use,
      result('yes', { is_error: true, more: 1 }),
    );
    expect(answer.results).toEqual([{ of: 'mcptoolu_1', isError: true, text: 'yes' }]);
    expect(JSON.stringify(answer)).not.toContain('secret thoughts');
  });

  test('what is no message is none', () => {
    for (const other of [undefined, null, 'x', 1, [], {}, { content: 'text' }])
      expect(readMessagesAnswer(other)).toBeUndefined();
  });

  test('a hostile answer is harmless and short', () => {
    const { results } = read(
      use,
      result(`\u001b]52;c;aGk=\u0007\u001b[2Jred\u202e\n${'line\n'.repeat(5000)}`),
    );
    const text = results[0]?.text ?? '';
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(text.length).toBeLessThan(5000);
    expect(text.split('\n').length).toBeLessThan(50);
    expect(text).toMatch(/\[cut: \d+ characters in all\]$/u);
  });

  test('never throws, and gives clean texts, whatever comes', () => {
    const block = fc.oneof(
      fc.anything(),
      fc.record(
        {
          type: fc.constantFrom('mcp_tool_use', 'mcp_tool_result', 'text', 'other'),
          id: fc.oneof(anyText, fc.anything()),
          name: anyText,
          tool_use_id: fc.oneof(anyText, fc.anything()),
          input: fc.jsonValue(),
          is_error: fc.anything(),
          content: fc.oneof(
            anyText,
            fc.array(
              fc.oneof(fc.anything(), fc.record({ type: fc.constant('text'), text: anyText })),
            ),
          ),
          text: anyText,
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(fc.array(block), fc.anything(), (content, stop_reason) => {
        const answer = readMessagesAnswer({ content, stop_reason });
        expect(answer).toBeDefined();
        if (!answer) return;
        calledTool(answer, 'hello');
        const texts = [answer.text, answer.stopReason, ...answer.results.map(({ text }) => text)];
        for (const text of [...texts, ...answer.uses.flatMap(Object.values)])
          expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});

describe('calledTool', () => {
  test('of several uses the one that went well counts', () => {
    const answer = read(
      use,
      result('bad', { is_error: true }),
      { ...use, id: 'mcptoolu_2' },
      result('good', { tool_use_id: 'mcptoolu_2' }),
    );
    expect(calledTool(answer, 'hello')).toMatchObject({
      kind: 'answered',
      result: { text: 'good' },
    });
  });

  test('a use without a result, and no use at all', () => {
    expect(calledTool(read(use), 'hello').kind).toBe('unanswered');
    expect(calledTool(read({ type: 'text', text: 'No.' }), 'hello').kind).toBe('unused');
    expect(calledTool(read(use, result('x', { tool_use_id: 'other' })), 'hello').kind).toBe(
      'unanswered',
    );
  });

  test('the tool may be written another way', () => {
    const answer = read({ ...use, name: 'echo__hello' }, result('ok'));
    expect(calledTool(answer, 'hello').kind).toBe('answered');
  });
});
