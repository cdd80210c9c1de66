import { bridgeAt } from '../domain/bridge.ts';
import { asFailure } from '../domain/failure.ts';
import { redactor } from '../domain/redact.ts';
import type { FlowEvent } from '../runner/events.ts';
import { maskEvent } from '../runner/mask-event.ts';
import { reportFailure } from '../runner/report-failure.ts';
import { assertDeployed } from '../steps/assert-deployment.ts';
import { deploymentOnDisk } from '../steps/deployment-on-disk.ts';
import type { InstallAnswers } from '../steps/install/answers.ts';
import type { InstallPorts } from '../steps/install/ports.ts';
import { type ListedRoute, observeRoutes } from '../steps/routes/observe-routes.ts';

const flow = 'routes';

/**
 * Tells of every route as it is: where it leads, what callers use, whether the running proxy has it,
 * and what its upstream says. Changes nothing; the last event is `flow.finished`.
 */
export async function* listRoutes({
  place: { dir },
  answers,
  ports,
}: {
  readonly place: { readonly dir: string };
  readonly answers: Pick<InstallAnswers, 'domain' | 'token'>;
  readonly ports: Pick<InstallPorts, 'files' | 'engine' | 'mcp' | 'clock'>;
}): AsyncGenerator<FlowEvent> {
  const mask = redactor(answers.token ? [answers.token.secret] : []);
  yield { type: 'flow.started', flow, title: 'Routes', dir, steps: [] };
  try {
    const deployment = await deploymentOnDisk(ports.files, dir);
    await assertDeployed(ports, deployment);
    const routes = await observeRoutes(ports, deployment, answers.domain);
    for (const route of routes) yield maskEvent(route, mask);
    const isBridged = (await ports.files.stat(bridgeAt(deployment).dir)) !== undefined;
    for (const text of remarks(routes, isBridged)) yield { type: 'notice', text };
    yield { type: 'flow.finished', flow, outcome: 'done', changed: false, dir };
  } catch (error) {
    const failure = asFailure(error);
    const outcome = failure.code === 'interrupted' ? 'interrupted' : 'failed';
    const report = reportFailure(failure, mask);
    yield { type: 'flow.finished', flow, outcome, changed: false, dir, failure: report };
  }
}

function remarks(routes: readonly ListedRoute[], isBridged: boolean): readonly string[] {
  const [first] = routes;
  const state = first?.proxy;
  return [
    ...(routes.length === 0 ? ['There are no routes: mcp-tunnel routes add NAME=URL'] : []),
    ...(first && state === 'changed'
      ? [
          `config/mcp-proxy.yaml changed after mcp-proxy started: what it says now counts once that is restarted. Without losing a request: mcp-tunnel routes add ${first.route}=${first.upstream} (as it is)`,
        ]
      : []),
    ...(state === 'not-running' ? ['mcp-proxy does not run: mcp-tunnel install'] : []),
    ...(isBridged
      ? ['A second pair is left over from a run that did not end: the same command finishes it.']
      : []),
  ];
}
