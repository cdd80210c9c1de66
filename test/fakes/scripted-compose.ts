import type { Compose, ComposeInfo, ComposeProject } from '../../src/ports/engine.ts';

/** A Compose that notes what it is told to do, in order, and does what the test says. */
export class ScriptedCompose implements Compose {
  /** How it answers `info`; thrown if it is an error. */
  about: ComposeInfo | Error = {
    variant: 'v2',
    version: '2.29.7',
    command: ['docker', 'compose'],
  };
  /** Thrown by `validate`. */
  refusal: Error | undefined;
  /** `validate`, `up`, `up SERVICE`, `up --remove-orphans`, `restart SERVICE` … */
  readonly calls: string[] = [];
  readonly projects: ComposeProject[] = [];
  onUp: (onLine: (line: string) => void) => void = () => undefined;
  onRestart: (service: string) => void = () => undefined;
  onStop: (service: string) => void = () => undefined;
  onStart: (service: string) => void = () => undefined;
  onDown: (project: ComposeProject) => void = () => undefined;

  async info(): Promise<ComposeInfo> {
    if (this.about instanceof Error) throw this.about;
    return this.about;
  }

  argv(subcommand: readonly string[], project?: ComposeProject): readonly string[] {
    const where = project ? ['--project-name', project.project] : [];
    return ['docker', 'compose', ...where, ...subcommand];
  }

  async validate(project: ComposeProject): Promise<void> {
    this.#note('validate', project);
    if (this.refusal) throw this.refusal;
  }

  async up(
    project: ComposeProject,
    options: {
      services?: readonly string[];
      removeOrphans?: boolean;
      noDeps?: boolean;
      onLine?: (line: string) => void;
    },
  ): Promise<void> {
    const { services = [], removeOrphans, noDeps } = options;
    const flags = [
      ...(removeOrphans ? ['--remove-orphans'] : []),
      ...(noDeps ? ['--no-deps'] : []),
    ];
    this.#note(['up', ...flags, ...services].join(' '), project);
    this.onUp(options.onLine ?? (() => undefined));
  }

  async restart(project: ComposeProject, services: readonly string[]): Promise<void> {
    this.#note(['restart', ...services].join(' '), project);
    for (const service of services) this.onRestart(service);
  }

  async stop(project: ComposeProject, services: readonly string[] = []): Promise<void> {
    this.#note(['stop', ...services].join(' '), project);
    for (const service of services) this.onStop(service);
  }

  async start(project: ComposeProject, services: readonly string[]): Promise<void> {
    this.#note(['start', ...services].join(' '), project);
    for (const service of services) this.onStart(service);
  }

  async down(project: ComposeProject): Promise<void> {
    this.#note('down', project);
    this.onDown(project);
  }

  #note(call: string, project: ComposeProject): void {
    this.calls.push(call);
    this.projects.push(project);
  }
}
