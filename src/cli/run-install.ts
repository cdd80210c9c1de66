import { systemRandom } from '../adapters/system-random.ts';
import type { Change } from '../domain/change.ts';
import { deploymentAt } from '../domain/deployment.ts';
import { installFlow } from '../flows/install.ts';
import { installAnswers } from '../flows/install-answers.ts';
import { rotateTokenFlow } from '../flows/rotate-token.ts';
import { startInstall } from '../flows/start-install.ts';
import type { FlowEvent } from '../runner/events.ts';
import type { Surface } from '../surfaces/surface.ts';
import { installationInputs } from './installation-inputs.ts';
import { openWorld, type WorldRequest } from './world.ts';

export interface Invocation extends WorldRequest {
  readonly surface: Surface;
  readonly show: (event: FlowEvent) => void;
}

/** `install` and its kin, real or rehearsed: answers, plan, consent, run. */
export async function runInstall({ io, argv, chose, surface, show }: Invocation): Promise<void> {
  const world = await openWorld(argv.rehearse, { io, argv, chose });
  try {
    const { raw, hasToken, settings } = await installationInputs({ io, argv, world });
    // A rotation says by itself where a new token is to be had.
    const rotates = argv.command.name === 'rotate-token';
    const answers = installAnswers(raw, { hasToken: hasToken || rotates });
    if (io.env['TUNNEL_TOKEN'] !== undefined) {
      show({
        type: 'notice',
        text: 'TUNNEL_TOKEN is set in this shell. It is not used: neither mcp-tunnel nor its Compose calls read it. Remove it: unset TUNNEL_TOKEN',
      });
    }
    const run = {
      answers,
      ports: await world.ports(answers),
      place: deploymentAt(world.dir),
      runId: systemRandom.uuid(),
      version: settings.toolVersion,
      consent: async (changes: readonly Change[]) =>
        argv.switches.get('yes') === true || (await surface.consent(changes)),
      dryRun: argv.switches.get('dry-run') ?? false,
      signal: io.signal,
    };
    const events = rotates
      ? startInstall({ flow: rotateTokenFlow(world.dir, settings), ...run })
      : startInstall({ flow: installFlow(world.dir, settings), ...run });
    for await (const event of events) show(event);
  } finally {
    await world.close();
  }
}
