import type { Secret } from '../domain/secret.ts';
import type { MessagesApi } from '../ports/messages-api.ts';
import type { RawAnswer, RawAnswers } from '../questions/question.ts';
import type { InstallAnswers } from '../steps/install/answers.ts';
import type { InstallPorts } from '../steps/install/ports.ts';
import type { ParsedArgv } from './parse-argv.ts';
import type { ProcessIo } from './process-io.ts';

/** What a world is made from. */
export interface WorldRequest {
  readonly io: ProcessIo;
  readonly argv: ParsedArgv;
  /** Told the deployment's directory as soon as it is known, so that a failure can name it. */
  readonly chose: (dir: string) => void;
}

/** What ports have to know of the answers. */
export type PortNeeds = Pick<InstallAnswers, 'images' | 'routes'>;

/** Where a run takes place: the real machine or the simulator; they differ in nothing else. */
export interface World {
  readonly dir: string;
  /** Answers that this world gives by itself (rehearsal brings tunnel and token). */
  answer(raw: RawAnswers): Promise<RawAnswers>;
  /** May be called again when the needs have changed. */
  ports(needs: PortNeeds): Promise<InstallPorts>;
  /** In a rehearsal: presses “Rotate token” in the simulated Console and gives the new one. */
  rotateToken?(domain: string): Promise<RawAnswer | undefined>;
  /** The Messages API as this world has it; in a rehearsal with a key that the simulated Console gives. */
  messages(): Promise<{
    readonly api: MessagesApi;
    readonly key?: Secret;
    readonly keyFrom?: string;
  }>;
  /** Carried out after the run, whatever its end. */
  close(): Promise<void>;
}

/** The real machine, or the simulator for a rehearsal; only what is used is loaded. */
export async function openWorld(rehearse: boolean, request: WorldRequest): Promise<World> {
  if (rehearse) return (await import('./rehearsal-world.ts')).rehearsalWorld(request);
  return (await import('./real-world.ts')).realWorld(request);
}
