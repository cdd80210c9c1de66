import type { Secret } from '../../domain/secret.ts';
import type { WantedCalls } from '../../domain/verify-plan.ts';
import type { MessagesApi } from '../../ports/messages-api.ts';
import type { InstallPorts } from '../install/ports.ts';

/** What `verify` looks and calls through; it changes nothing here by any of it. */
export type VerifyPorts = Pick<InstallPorts, 'files' | 'engine' | 'mcp' | 'clock' | 'host'> & {
  readonly messages: MessagesApi;
};

/** What is to be called, and how. */
export interface VerifyRequest extends WantedCalls {
  readonly model: string;
  /** Tokens for servers that want a sign-in of their own, by route. */
  readonly authorization: ReadonlyMap<string, Secret>;
}
