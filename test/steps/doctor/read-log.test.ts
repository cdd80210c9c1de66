import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/domain/secret.ts';
import { supportRedactor } from '../../../src/domain/support/support-redactor.ts';
import { readLog } from '../../../src/steps/doctor/read-log.ts';
import { tokenText } from '../../fakes/sample-answers.ts';
import { ScriptedEngine } from '../../fakes/scripted-engine.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

const token = tokenText();
const options = {
  install: 'mcp-tunnel install --dir /srv/d',
  redact: supportRedactor([new Secret(token)]).foreign,
  signal: new AbortController().signal,
};

function engineSaying(service: string, lines: readonly string[]) {
  const engine = new ScriptedEngine(new VirtualClock());
  const container = engine.add(service);
  for (const line of lines) engine.say(container.id, line);
  return { engine, container };
}

const read = (service: string, lines: readonly string[]) => {
  const { engine, container } = engineSaying(service, lines);
  return readLog({ engine }, container, options);
};

describe('a log', () => {
  test('known lines are counted by rule, unknown ones by shape', async () => {
    const log = await read('mcp-proxy', [
      '{"msg":"route configured","route":"a"}',
      '{"msg":"route configured","route":"b"}',
      'level=warn msg="no route for host" host=x',
      'took 12 ms',
      'took 345 ms',
      'hello',
      '',
    ]);
    expect(log).toMatchObject({ lines: 7, complete: true, stdout: 0, stderr: 7, json: 2 });
    expect(log.known.map(({ id, count, at }) => [id, count, at])).toEqual([
      ['route-configured', 2, 2],
      ['no-route', 1, 3],
    ]);
    expect(log.unknown).toEqual([
      { shape: 'took <n> ms', count: 2, example: 'took 12 ms' },
      { shape: 'hello', count: 1, example: 'hello' },
    ]);
    expect(log.tail.at(-1)).toMatch(/^\S+Z stderr $/u);
  });

  test('nothing that is kept holds a secret, the shape neither', async () => {
    const log = await read('cloudflared', [
      `odd ${token}`,
      `ERR Register tunnel error error="Unauthorized: Invalid tunnel secret" ${token}`,
    ]);
    const text = JSON.stringify(log);
    for (let at = 0; at + 8 <= token.length; at += 8)
      expect(text).not.toContain(token.slice(at, at + 8));
    expect(log.unknown).toEqual([{ shape: 'odd [secret]', count: 1, example: 'odd [secret]' }]);
  });

  test('of any number of lines and kinds only so much is kept', async () => {
    const words = Array.from({ length: 5_000 }, (_, at) =>
      [...String(at)].map((digit) => 'abcdefghij'[Number(digit)]).join(''),
    );
    const log = await read('mcp-proxy', words);
    expect(log.lines).toBe(5_000);
    expect(log.unknown).toHaveLength(60);
    expect(log.moreShapes).toBe(4_940);
    expect(log.tail).toHaveLength(1_000);
    expect(log.tail.at(-1)).toContain(words.at(-1));
  });

  test('a container that was restarted tells what ended it, too', async () => {
    const { engine, container } = engineSaying('mcp-proxy', []);
    const asked: unknown[] = [];
    const { logs } = engine;
    engine.logs = (id, how) => {
      asked.push({ since: how.since });
      return logs.call(engine, id, how);
    };
    const createdAt = new Date('2026-11-24T09:00:00Z');
    await readLog({ engine }, { ...container, createdAt, restartCount: 0 }, options);
    await readLog({ engine }, { ...container, createdAt, restartCount: 2 }, options);
    expect(asked).toEqual([{ since: undefined }, { since: createdAt }]);
  });

  test('an engine that cannot read it leaves it incomplete', async () => {
    const { engine, container } = engineSaying('mcp-proxy', []);
    const broken = Object.assign(engine, {
      // biome-ignore lint/correctness/useYield: it fails before its first line.
      async *logs() {
        throw new Error('configured logging driver does not support reading');
      },
    });
    expect(await readLog({ engine: broken }, container, options)).toMatchObject({
      lines: 0,
      complete: false,
    });
  });
});
