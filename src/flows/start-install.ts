import type { FlowEvent } from '../runner/events.ts';
import { type RunOptions, runFlow } from '../runner/run-flow.ts';
import type { InstallAnswers } from '../steps/install/answers.ts';
import type { InstallPorts } from '../steps/install/ports.ts';

/** Runs a flow over the installation's answers; its secrets are masked, the user is the host's. */
export function startInstall<W>(
  options: Omit<RunOptions<InstallAnswers, W, InstallPorts>, 'secrets' | 'user'>,
): AsyncGenerator<FlowEvent> {
  const { token, certificates } = options.answers;
  return runFlow({
    ...options,
    user: options.ports.host.username,
    secrets: [token?.secret, certificates.caPassphrase].flatMap((secret) =>
      secret ? [secret] : [],
    ),
  });
}
