import { cp } from 'node:fs/promises';
import { basename } from 'node:path';
import { systemRandom } from '../../src/adapters/system-random.ts';
import { x509Certificates } from '../../src/adapters/x509-certificates.ts';
import { changesAnything } from '../../src/domain/change.ts';
import type { UndoEntry } from '../../src/runner/undo-log.ts';
import type { InstallAnswers } from '../../src/steps/install/answers.ts';
import { observeInstall } from '../../src/steps/install/observe.ts';
import type { InstallPorts } from '../../src/steps/install/ports.ts';
import type { InstallContext, InstallStep } from '../../src/steps/install/step.ts';
import type { InstallWorld } from '../../src/steps/install/world.ts';
import { HostScene } from './host-scene.ts';

/** A host on which the installation's steps are planned and carried out, with real certificates. */
export class InstallScene extends HostScene {
  readonly certificates = x509Certificates(systemRandom);
  readonly undone: UndoEntry[] = [];

  static override async make(name = 'mcp-tunnel'): Promise<InstallScene> {
    return new InstallScene(await HostScene.place(name));
  }

  /** Another host with the same files; nothing runs there. */
  async copy(): Promise<InstallScene> {
    const { dir } = this.deployment;
    const copy = await InstallScene.make(basename(dir));
    await cp(dir, copy.deployment.dir, { recursive: true });
    for (const [path, owner] of this.ownedFiles.owners)
      copy.ownedFiles.owners.set(path.replace(dir, copy.deployment.dir), owner);
    return copy;
  }

  override get ports(): InstallPorts {
    return { ...super.ports, certificates: this.certificates };
  }

  observe(answers: InstallAnswers): Promise<InstallWorld> {
    return observeInstall(this.ports, answers, this.deployment);
  }

  async context(answers: InstallAnswers): Promise<InstallContext> {
    return {
      answers,
      world: await this.observe(answers),
      ports: this.ports,
      signal: new AbortController().signal,
      emit: (event) => this.events.push(event),
      undo: { record: async (entry) => void this.undone.push(entry) },
    };
  }

  /** Plans and carries out steps as the runner does: all plans from one look at the world. */
  async run(answers: InstallAnswers, ...steps: readonly InstallStep[]): Promise<void> {
    const context = await this.context(answers);
    for (const step of steps)
      if (changesAnything(step.plan(answers, context.world))) await step.run(context);
  }

  async plan(answers: InstallAnswers, step: InstallStep) {
    return step.plan(answers, await this.observe(answers));
  }
}
