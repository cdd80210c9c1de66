import { systemRandom } from '../adapters/system-random.ts';
import { deploymentAt } from '../domain/deployment.ts';
import { Failure } from '../domain/failure.ts';
import { installAnswers } from '../flows/install-answers.ts';
import type { FlowEvent } from '../runner/events.ts';
import type { Surface } from '../surfaces/surface.ts';
import { installationInputs } from './installation-inputs.ts';
import { operations } from './operations.ts';
import { openWorld, type WorldRequest } from './world.ts';

export interface Invocation extends WorldRequest {
  readonly surface: Surface;
  readonly show: (event: FlowEvent) => void;
}

/** `install` and every other operation on a deployment, real or rehearsed: answers, plan, consent, run. */
export async function runOperation({ io, argv, chose, surface, show }: Invocation): Promise<void> {
  const world = await openWorld(argv.rehearse, { io, argv, chose });
  try {
    const operation = operations[argv.command.name];
    if (!operation) throw new Failure('usage', `There is no command ${argv.command.name}.`);
    const newRoutes = operation.newRoutes?.(argv) ?? [];
    const { raw, hasToken, asItIs, settings } = await installationInputs({
      io,
      argv: operation.answersArgv?.(argv) ?? argv,
      world,
    });
    const answers = installAnswers(raw, { hasToken: hasToken || operation.tokenOptional, asItIs });
    if (io.env['TUNNEL_TOKEN'] !== undefined) {
      show({
        type: 'notice',
        text: 'TUNNEL_TOKEN is set in this shell. It is not used: neither mcp-tunnel nor its Compose calls read it. Remove it: unset TUNNEL_TOKEN',
      });
    }
    const events = operation.run({
      settings,
      argv,
      cwd: io.cwd,
      answers,
      ports: await world.ports({ ...answers, routes: [...answers.routes, ...newRoutes] }),
      place: deploymentAt(world.dir),
      runId: systemRandom.uuid(),
      version: settings.toolVersion,
      consent: async (changes) =>
        argv.switches.get('yes') === true || (await surface.consent(changes)),
      dryRun: argv.switches.get('dry-run') ?? false,
      signal: io.signal,
    });
    for await (const event of events) show(event);
  } finally {
    await world.close();
  }
}
