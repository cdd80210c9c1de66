import { systemFiles } from '../adapters/system-files.ts';
import { systemRandom } from '../adapters/system-random.ts';
import { deploymentAt } from '../domain/deployment.ts';
import { readEnvToken } from '../domain/env-file.ts';
import { toolVersion } from '../domain/version.ts';
import { installFlow } from '../flows/install.ts';
import { installAnswers } from '../flows/install-answers.ts';
import { installQuestions } from '../questions/install-questions.ts';
import type { RawAnswers } from '../questions/question.ts';
import type { FlowEvent } from '../runner/events.ts';
import { runFlow } from '../runner/run-flow.ts';
import type { InstallAnswers } from '../steps/install/answers.ts';
import type { InstallPorts, InstallSettings } from '../steps/install/ports.ts';
import type { Surface } from '../surfaces/surface.ts';
import { gatherAnswers } from './gather-answers.ts';
import type { ParsedArgv } from './parse-argv.ts';
import type { ProcessIo } from './process-io.ts';
import { realWorld } from './real-world.ts';

/** Longest wait for the connections; facts 11.9 has about 60 seconds. */
const startTimeoutMs = 60_000;

/** What a world is made from. */
export interface WorldRequest {
  readonly io: ProcessIo;
  readonly argv: ParsedArgv;
  /** Told the deployment's directory as soon as it is known, so that a failure can name it. */
  readonly chose: (dir: string) => void;
}

export interface Invocation extends WorldRequest {
  readonly surface: Surface;
  readonly show: (event: FlowEvent) => void;
}

/** Where a run takes place: the real machine or the simulator; they differ in nothing else. */
export interface World {
  readonly dir: string;
  /** Answers that this world gives by itself (rehearsal brings tunnel and token). */
  answer(raw: RawAnswers): Promise<RawAnswers>;
  ports(answers: InstallAnswers): Promise<InstallPorts>;
  /** Carried out after the run, whatever its end. */
  close(): Promise<void>;
}

/** argv that continues this deployment, for next steps. */
function selfCommand(argv: ParsedArgv, dir: string): readonly string[] {
  return ['mcp-tunnel', ...(argv.rehearse ? ['rehearse'] : []), 'install', '--dir', dir];
}

/** `install`, real or rehearsed: answers, plan, consent, run. */
export async function runInstall({ io, argv, chose, surface, show }: Invocation): Promise<void> {
  const open = argv.rehearse ? (await import('./rehearsal-world.ts')).rehearsalWorld : realWorld;
  const world = await open({ io, argv, chose });
  try {
    const deployment = deploymentAt(world.dir);
    const raw = await world.answer(
      await gatherAnswers(installQuestions, {
        argv,
        env: io.env,
        cwd: io.cwd,
        files: systemFiles,
        stored: deployment.answers,
        readStdin: io.readStdin,
      }),
    );
    const inFile = (await systemFiles.stat(deployment.tunnelToken)) !== undefined;
    const hasToken =
      inFile || readEnvToken(await systemFiles.readText(deployment.envFile)) !== undefined;
    const answers = installAnswers(raw, { hasToken });
    const settings: InstallSettings = {
      apiUrl: argv.values.get('api-url')?.[0] ?? 'https://api.anthropic.com',
      toolVersion,
      self: selfCommand(argv, world.dir),
      rehearsal: argv.rehearse,
      startTimeoutMs,
    };
    if (io.env['TUNNEL_TOKEN'] !== undefined) {
      show({
        type: 'notice',
        text: 'TUNNEL_TOKEN is set in this shell. It is not used: neither mcp-tunnel nor its Compose calls read it. Remove it: unset TUNNEL_TOKEN',
      });
    }
    const ports = await world.ports(answers);
    const events = runFlow({
      flow: installFlow(world.dir, settings),
      answers,
      ports,
      place: deployment,
      runId: systemRandom.uuid(),
      version: toolVersion,
      user: ports.host.username,
      consent: async (changes) =>
        argv.switches.get('yes') === true || (await surface.consent(changes)),
      dryRun: argv.switches.get('dry-run') ?? false,
      signal: io.signal,
      secrets: [answers.token?.secret, answers.certificates.caPassphrase].flatMap((secret) =>
        secret ? [secret] : [],
      ),
    });
    for await (const event of events) show(event);
  } finally {
    await world.close();
  }
}
