import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { LogEntry, LogOutcome, Remedy } from '../../../screens/logs/log-entry.ts';
import { remedyArgv } from '../../diagnosis/remedy.ts';
import { commandLine } from '../../domain/command-line.ts';
import { asFailure, Failure } from '../../domain/failure.ts';
import { reportFailure } from '../../runner/report-failure.ts';
import { savedLine } from '../log-text.ts';
import { deployedAt, deployedPorts, selfOf, type WizardContext } from './wizard-context.ts';

function countOf(lines: number): string {
  return `${lines.toLocaleString('en')} ${lines === 1 ? 'line' : 'lines'}`;
}

/** As typed in a shell: from the working directory, `~` the home. */
function pathOf(typed: string, cwd: string): string {
  return resolve(
    cwd,
    typed.replace(/^~(?=\/|$)/u, () => homedir()),
  );
}

function lineOf({ kind, service, text, at }: LogEntry): string {
  const time = at === undefined ? {} : { at: new Date(at).toISOString() };
  const shown = kind === 'note' ? `-- ${text}` : text;
  return savedLine({ type: 'log', service: service ?? 'mcp-tunnel', text: shown, ...time });
}

/** What is done from the logs' page at once: lines saved, services restarted. What came of it is in the state. */
export class LogActs {
  readonly #context: WizardContext;

  constructor(context: WizardContext) {
    this.#context = context;
  }

  #tell(outcome: LogOutcome | undefined): void {
    this.#context.store.setState(({ tail }) => ({ tail: { ...tail, outcome } }));
  }

  /** What came of it was seen. */
  seen(): void {
    this.#tell(undefined);
  }

  async #act(busy: string, act: () => Promise<string>): Promise<void> {
    if (this.#context.store.getState().tail.outcome?.kind === 'busy') return;
    this.#tell({ kind: 'busy', text: busy });
    try {
      this.#tell({ kind: 'done', text: await act() });
    } catch (error) {
      this.#tell({ kind: 'failed', failure: reportFailure(asFailure(error)) });
    }
  }

  /** What a remedy runs, as it would be typed. */
  commandOf(remedy: Remedy): string {
    const place = { self: selfOf(this.#context), dir: this.#context.world.dir };
    return commandLine(remedyArgv(remedy, place));
  }

  /** A file in the working directory that nothing else is called. */
  suggestedPath(): string {
    const now = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/gu, '').replace('T', '-');
    return `mcp-tunnel-logs-${now}.log`;
  }

  /** Writes the entries to a new file that nobody else may read; one that is there stays as it is. */
  save(typed: string, entries: readonly LogEntry[]): Promise<void> {
    const { store, world } = this.#context;
    const path = pathOf(typed, store.getState().draft.cwd);
    return this.#act(`Saving to ${path} …`, async () => {
      if (!world.lineFiles) throw new Failure('file-unwritable', 'Nothing can be saved here.');
      const file = await world.lineFiles.create(path);
      try {
        await file.write(entries.map(lineOf).join(''));
      } finally {
        await file.close();
      }
      return `${countOf(entries.length)} saved: ${path} (only you may read it; secrets are masked)`;
    });
  }

  /** Restarts services, unless another operation is at work. */
  restart(services: readonly string[]): Promise<void> {
    const names = services.join(' and ');
    return this.#act(`Restarting ${names} …`, async () => {
      const ports = await deployedPorts(this.#context);
      const deployment = await deployedAt(ports, this.#context);
      const { dir, lock, stateDir } = deployment;
      const containers = await ports.engine.containers({ workingDir: dir });
      const project = containers.find(({ service }) => services.includes(service))?.project;
      if (project === undefined)
        throw new Failure('stack-not-running', `There is no container of ${names}.`);
      await ports.files.makeDirectory(stateDir, 0o700);
      const held = await ports.locks.acquire(lock, 'restart');
      try {
        await ports.compose.restart({ dir, project }, services);
      } finally {
        await held.release();
      }
      return `${names} was restarted; its next lines say whether it connects.`;
    });
  }
}
