import { systemFiles } from '../adapters/system-files.ts';
import { parseApiKey } from '../domain/api-key.ts';
import { Failure } from '../domain/failure.ts';
import type { Secret } from '../domain/secret.ts';
import { verifyEvents } from '../flows/verify.ts';
import { portNeedsAt } from './port-needs.ts';
import type { ProcessIo } from './process-io.ts';
import type { Invocation } from './run-operation.ts';
import { givenKey, keyWays, verifyRequest } from './verify-options.ts';
import { openWorld } from './world.ts';

/** Consent by a line of its own: Enter sends, anything else does not. */
async function consents(io: ProcessIo): Promise<boolean> {
  const question = 'Press Enter to send it; type anything to stop: ';
  const line = await io.prompt().line(question, io.signal);
  io.signal.throwIfAborted();
  return line !== undefined && line.trim() === '';
}

const keyQuestion =
  'API key of the tunnel’s workspace (not shown, not kept; Enter sends the request, Enter alone stops): ';

/**
 * The key from whoever sits at the terminal; nothing is consent withheld. What is wrong with one is
 * said with the next question: between two, the terminal would show what is typed at once.
 */
async function askKey(io: ProcessIo): Promise<Secret | undefined> {
  for (let problem = ''; ; ) {
    const typed = await io.prompt().secret(`${problem}${keyQuestion}`, io.signal);
    io.signal.throwIfAborted();
    if (typed === undefined || typed.trim() === '') return undefined;
    const key = parseApiKey(typed);
    if (key.ok) return key.value;
    problem = `${key.problem}\n`;
  }
}

function keyMissing(): Failure {
  return new Failure('answers-missing', '1 answer is missing or invalid.', {
    missing: [{ ...keyWays, problem: 'It is missing.' }],
    nextSteps: [
      'Console (platform.claude.com): choose the tunnel’s workspace, then Settings > API keys.',
      'What would be sent, without a key: mcp-tunnel verify --dry-run',
    ],
  });
}

/** `verify`, real or rehearsed: the key is asked once it is clear what it is for, and forgotten at the end. */
export async function runVerify({ io, argv, chose, show }: Invocation): Promise<void> {
  const sources = { argv, env: argv.rehearse ? {} : io.env, cwd: io.cwd, files: systemFiles };
  const isAsked = io.interactive && argv.switches.get('json') !== true;
  const world = await openWorld(argv.rehearse, { io, argv, chose });
  try {
    const request = await verifyRequest(sources);
    const { api, key: consoleKey } = await world.messages();
    const given = (await givenKey(sources)) ?? consoleKey;
    const dryRun = argv.switches.get('dry-run') ?? false;
    const yes = argv.switches.get('yes') === true;
    if (!dryRun && !given && !isAsked) throw keyMissing();
    const events = verifyEvents({
      dir: world.dir,
      ports: { ...(await world.ports(await portNeedsAt(world.dir))), messages: api },
      request,
      self: [...io.self, ...(argv.rehearse ? ['rehearse'] : [])],
      dryRun,
      async authorize() {
        if (!given) return askKey(io);
        return yes || (isAsked && (await consents(io))) ? given : undefined;
      },
      signal: io.signal,
    });
    for await (const event of events) show(event);
  } finally {
    if (isAsked) io.prompt().close();
    await world.close();
  }
}
