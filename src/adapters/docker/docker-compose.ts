import { realpath, stat } from 'node:fs/promises';
import { Failure } from '../../domain/failure.ts';
import type { Compose, ComposeInfo, ComposeProject, Endpoint, Engine } from '../../ports/engine.ts';
import { composeEnvironment } from './compose-environment.ts';
import { type ComposeOutcome, type ComposeRun, lastWords, runCompose } from './compose-process.ts';
import {
  composeMissing,
  composeOf,
  parseComposeVersion,
  requireUsable,
} from './compose-version.ts';

export interface ComposeSurroundings {
  readonly engine: Pick<Engine, 'info' | 'containers'>;
  endpoint(): Promise<Endpoint>;
  /** Why the engine does not answer, or undefined if it does. */
  outage(): Promise<Failure | undefined>;
  /** The operator's environment; only what `composeEnvironment` names is passed on. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const candidates = [['docker', 'compose'], ['docker-compose']] as const;

/** Compose v2 (plugin or standalone) or v1, over the same engine as everything else. */
export class DockerCompose implements Compose {
  readonly #around: ComposeSurroundings;
  #info: ComposeInfo | undefined;

  constructor(around: ComposeSurroundings) {
    this.#around = around;
  }

  /** @throws Failure `compose-missing`, `compose-too-old`, and those of the engine. */
  async info(): Promise<ComposeInfo> {
    if (!this.#info) {
      const found = await this.#detect();
      if (found.variant === 'v1') requireUsable(found, (await this.#around.engine.info()).version);
      this.#info = found;
    }
    return this.#info;
  }

  argv(subcommand: readonly string[], project?: ComposeProject): readonly string[] {
    const command = this.#info?.command ?? candidates[0];
    const where = project
      ? ['--project-name', project.project, '--project-directory', project.dir]
      : [];
    return [...command, ...where, ...subcommand];
  }

  async validate(project: ComposeProject): Promise<void> {
    const { argv, outcome } = await this.#run(project, ['config', '-q']);
    if (outcome.exitCode === 0) return;
    throw new Failure(
      'compose-file-refused',
      'Compose does not accept the files of this deployment.',
      {
        found: lastWords(outcome),
        expected: `files that ${argv.join(' ')} accepts`,
        nextSteps: [
          this.argv(['config'], project).join(' '),
          'Look at docker-compose.yaml, docker-compose.override.yaml and .env in that directory.',
        ],
      },
    );
  }

  async up(
    project: ComposeProject,
    options: {
      services?: readonly string[];
      removeOrphans?: boolean;
      noDeps?: boolean;
      onLine?: (line: string) => void;
      signal?: AbortSignal;
    },
  ): Promise<void> {
    const flags = [
      ...(options.removeOrphans ? ['--remove-orphans'] : []),
      ...(options.noDeps ? ['--no-deps'] : []),
    ];
    await this.#change(project, ['up', '-d', ...flags, ...(options.services ?? [])], options);
  }

  async restart(project: ComposeProject, services: readonly string[]): Promise<void> {
    await this.#requireOurs(project);
    await this.#change(project, ['restart', ...services]);
  }

  async stop(project: ComposeProject, services: readonly string[] = []): Promise<void> {
    await this.#requireOurs(project);
    await this.#change(project, ['stop', ...services]);
  }

  async start(project: ComposeProject, services: readonly string[]): Promise<void> {
    await this.#requireOurs(project);
    await this.#change(project, ['start', ...services]);
  }

  async down(project: ComposeProject): Promise<void> {
    await this.#requireOurs(project);
    await this.#change(project, ['down']);
  }

  async #detect(): Promise<ComposeInfo> {
    const environment = await this.#environment();
    const tried: string[] = [];
    for (const command of candidates) {
      const argv = [...command, 'version', '--short'];
      const outcome = await runCompose({ argv, environment });
      const version = parseComposeVersion(outcome.stdout.join('\n'));
      if (version.ok) return composeOf(version.value, command);
      const why = outcome.errno ?? outcome.stderr.at(-1) ?? version.problem;
      tried.push(`${argv.join(' ')}: ${why}`);
    }
    throw composeMissing(tried.join('; '));
  }

  /** Compose goes by the project's name alone; another directory may hold the same name (design 4). */
  async #requireOurs({ dir, project }: ComposeProject): Promise<void> {
    const ours = await resolved(dir);
    const containers = await this.#around.engine.containers({ project });
    const judged = await Promise.all(
      containers.map(async (each) => ((await resolved(each.workingDir)) === ours ? [] : [each])),
    );
    const [foreign] = judged.flat();
    if (!foreign) return;
    throw new Failure(
      'project-name-taken',
      `The Compose project "${project}" belongs to another directory.`,
      {
        found: `${foreign.name} of ${foreign.workingDir}`,
        expected: `only containers of ${dir}`,
        nextSteps: [
          `docker ps -a --filter label=com.docker.compose.project=${project}`,
          `Was the directory moved here? Then remove the containers it left: docker rm -f ${containers.map((each) => each.name).join(' ')}`,
        ],
      },
    );
  }

  async #change(
    project: ComposeProject,
    subcommand: readonly string[],
    options: Pick<ComposeRun, 'onLine' | 'signal'> = {},
  ): Promise<void> {
    const { argv, outcome } = await this.#run(project, subcommand, options);
    if (outcome.exitCode === 0) return;
    const outage = await this.#around.outage();
    if (outage) throw outage;
    throw new Failure('compose-failed', `Compose failed: ${argv.join(' ')}`, {
      found: lastWords(outcome) || 'no output',
      expected: `exit code 0, not ${outcome.exitCode ?? 'a signal'}`,
      nextSteps: [
        this.argv(['ps', '-a'], project).join(' '),
        'Then run the same command again: what was done is found and kept.',
      ],
    });
  }

  async #run(
    project: ComposeProject,
    subcommand: readonly string[],
    options: Pick<ComposeRun, 'onLine' | 'signal'> = {},
  ): Promise<{ argv: readonly string[]; outcome: ComposeOutcome }> {
    await this.info();
    const argv = this.argv(subcommand, project);
    const environment = await this.#environment();
    const outcome = await runCompose({ argv, cwd: project.dir, environment, ...options });
    if (outcome.errno !== undefined) throw await notStarted(project, argv, outcome.errno);
    return { argv, outcome };
  }

  async #environment(): Promise<Record<string, string>> {
    return composeEnvironment(this.#around.environment, await this.#around.endpoint());
  }
}

/** A missing working directory gives the same errno as a missing program. */
async function notStarted(
  { dir }: ComposeProject,
  argv: readonly string[],
  errno: string,
): Promise<Failure> {
  const there = await stat(dir).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (there) return composeMissing(`${argv[0]}: ${errno}`);
  return new Failure('directory-unusable', `The directory ${dir} is not there.`, {
    found: errno,
    nextSteps: [`ls -ld ${dir}`],
  });
}

function resolved(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
