import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemFiles } from '../../src/adapters/system-files.ts';
import { type Deployment, deploymentAt } from '../../src/domain/deployment.ts';
import type { CaRegistrar } from '../../src/ports/ca-registrar.ts';
import type { Files } from '../../src/ports/files.ts';
import type { FlowEvent } from '../../src/runner/events.ts';
import type { InstallPorts, InstallSettings } from '../../src/steps/install/ports.ts';
import { RememberedOwnedFiles } from './remembered-owned-files.ts';
import { ScriptedCompose } from './scripted-compose.ts';
import { ScriptedEngine } from './scripted-engine.ts';
import { ScriptedNetwork } from './scripted-network.ts';
import { VirtualClock } from './virtual-clock.ts';

const unused = () => {
  throw new Error('not part of this scene');
};

/** A host before anything is installed: a real folder for a deployment, everything else scripted. */
export class HostScene implements AsyncDisposable {
  readonly deployment: Deployment;
  readonly clock = new VirtualClock();
  readonly engine = new ScriptedEngine(this.clock);
  readonly compose = new ScriptedCompose();
  readonly network = new ScriptedNetwork();
  readonly ownedFiles = new RememberedOwnedFiles();
  files: Files = systemFiles;
  registrar: CaRegistrar | undefined;
  readonly events: FlowEvent[] = [];
  settings: InstallSettings = {
    apiUrl: 'https://api.anthropic.com',
    toolVersion: '0.0.0',
    self: ['mcp-tunnel', 'install', '--dir', '/srv/mcp-tunnel'],
    rehearsal: false,
    startTimeoutMs: 60_000,
  };

  protected constructor(dir: string) {
    this.deployment = deploymentAt(dir);
  }

  /** A folder of its own with room for the operator's files, and in it the name of one not made yet. */
  protected static async place(name: string): Promise<string> {
    return join(await realpath(await mkdtemp(join(tmpdir(), 'host-scene-'))), name);
  }

  static async make(name = 'mcp-tunnel'): Promise<HostScene> {
    return new HostScene(await HostScene.place(name));
  }

  /** The folder that holds the deployment's. */
  get outside(): string {
    return dirname(this.deployment.dir);
  }

  get ports(): InstallPorts {
    return {
      files: this.files,
      ownedFiles: this.ownedFiles,
      engine: this.engine,
      compose: this.compose,
      certificates: {
        issueCa: unused,
        issueServer: unused,
        read: unused,
        matches: unused,
        isSignedBy: unused,
        decryptKey: unused,
        encryptKey: unused,
      },
      network: this.network,
      mcp: { probe: unused },
      locks: { acquire: unused, holder: async () => undefined },
      clock: this.clock,
      host: {
        uid: 1000,
        gid: 1000,
        username: 'operator',
        hostname: 'vm-7',
        platform: 'linux',
        addresses: () => [],
        which: async () => undefined,
      },
      ...(this.registrar ? { registrar: this.registrar } : {}),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.outside, { recursive: true, force: true });
  }
}
