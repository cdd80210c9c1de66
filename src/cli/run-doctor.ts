import { systemFiles } from '../adapters/system-files.ts';
import { tarArchiver } from '../adapters/tar-archiver.ts';
import type { Deployment } from '../domain/deployment.ts';
import { Failure } from '../domain/failure.ts';
import { type Parsed, parsed, problem } from '../domain/result.ts';
import { toolVersion } from '../domain/version.ts';
import { type DoctorRun, doctorEvents } from '../flows/doctor.ts';
import { installAnswers } from '../flows/install-answers.ts';
import { installQuestions } from '../questions/install-questions.ts';
import type { FlowEvent } from '../runner/events.ts';
import { deploymentOnDisk } from '../steps/deployment-on-disk.ts';
import type { InstallAnswers } from '../steps/install/answers.ts';
import { readAnswersFile } from './answers-file.ts';
import { apiUrlOf } from './api-options.ts';
import { bundleTarget, shellSecrets, steeringVariables } from './doctor-options.ts';
import { portNeedsAt } from './port-needs.ts';
import type { Invocation } from './run-operation.ts';
import { openWorld, type World } from './world.ts';

const largest = 4 * 1024 * 1024;

/** What the deployment was told before, and nothing that this shell says beside it. */
async function remembered({ answers }: Deployment): Promise<Parsed<InstallAnswers>> {
  try {
    const text = await systemFiles.readText(answers, largest);
    if (text === undefined)
      return problem('there is no .mcp-tunnel/answers.yaml: mcp-tunnel did not install this');
    return parsed(
      installAnswers(readAnswersFile(answers, text, installQuestions), { hasToken: true }),
    );
  } catch (error) {
    if (error instanceof Failure) return problem(error.summary);
    throw error;
  }
}

/** What `doctor` is to look at, and what of the process it has to know. */
export interface DoctorPlace extends Pick<Invocation, 'io' | 'argv'> {
  readonly world: World;
  readonly bundle: DoctorRun['bundle'];
  readonly signal: AbortSignal;
}

/** What `doctor` says of the deployment of a world. */
export async function* doctorIn(place: DoctorPlace): AsyncGenerator<FlowEvent> {
  const { io, argv, world, bundle, signal } = place;
  const deployment = await deploymentOnDisk(systemFiles, world.dir);
  yield* doctorEvents({
    deployment,
    bundle,
    dryRun: argv.switches.get('dry-run') ?? false,
    ports: { ...(await world.ports(await portNeedsAt(world.dir))), archiver: tarArchiver },
    settings: {
      ...{ apiUrl: apiUrlOf(argv), toolVersion, rehearsal: argv.rehearse },
      self: [...io.self, ...(argv.rehearse ? ['rehearse'] : [])],
      shell: steeringVariables(io.env),
      shellSecrets: shellSecrets(io.env),
    },
    remembered: await remembered(deployment),
    signal,
  });
}

/** `doctor`, real or rehearsed: needs no answers, for it asks the deployment itself. */
export async function runDoctor({ io, argv, chose, show }: Invocation): Promise<void> {
  const bundle = bundleTarget(argv, io.cwd);
  // A URL that is none is told of before anything is opened.
  apiUrlOf(argv);
  const world = await openWorld(argv.rehearse, { io, argv, chose });
  try {
    for await (const event of doctorIn({ io, argv, world, bundle, signal: io.signal })) show(event);
  } finally {
    await world.close();
  }
}
