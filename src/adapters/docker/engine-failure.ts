import { Failure } from '../../domain/failure.ts';
import type { Endpoint } from '../../ports/engine.ts';
import { errnoOf } from '../file-failure.ts';

/** The HTTP status of an error that dockerode made from an answer of the engine. */
export function statusOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('statusCode' in thrown)) return undefined;
  return typeof thrown.statusCode === 'number' ? thrown.statusCode : undefined;
}

/** The engine's own words in such an error, else the error's text. */
export function wordsOf(thrown: unknown): string {
  if (thrown instanceof Error && 'json' in thrown) {
    const { json } = thrown;
    if (typeof json === 'object' && json !== null && 'message' in json) return String(json.message);
  }
  // dockerode puts "(HTTP code 500) server error - " before the words of a streamed answer.
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.replace(/^\(HTTP code \d+\) [a-z ,]+ - /, '').trim();
}

export interface Surroundings {
  readonly endpoint: Endpoint;
  /** Whether a `docker` program is in PATH. */
  readonly dockerInPath: boolean;
}

/**
 * What a failed connection to the engine's socket means, by errno; undefined for an error that says
 * nothing about the connection being refused.
 */
export function connectFailure(
  thrown: unknown,
  { endpoint, dockerInPath }: Surroundings,
): Failure | undefined {
  const errno = errnoOf(thrown);
  const found = `${errno} on ${endpoint.host} (${endpoint.source})`;
  const ofUser = /\/run\/user\/|\/home\//.test(endpoint.host);
  const start = ofUser ? 'systemctl --user start docker' : 'sudo systemctl start docker';
  switch (errno) {
    case 'ENOENT':
      if (!dockerInPath) {
        return new Failure('docker-not-installed', 'Docker is not installed on this machine.', {
          found: `no docker program in PATH; ${found}`,
          expected: 'a Docker Engine with Compose',
          nextSteps: [
            'Debian 12: sudo apt-get install docker.io docker-compose',
            'Ubuntu: sudo apt-get install docker.io docker-compose-v2',
            'Elsewhere: follow https://docs.docker.com/engine/install/',
          ],
          cause: thrown,
        });
      }
      return notRunning(found, start, endpoint, thrown);
    case 'ECONNREFUSED':
      return notRunning(found, start, endpoint, thrown);
    case 'EACCES':
    case 'EPERM':
      return new Failure('docker-permission-denied', 'This user may not use Docker’s socket.', {
        found,
        expected: 'read and write access to the socket',
        nextSteps: [
          'sudo usermod -aG docker $USER, then log out and in again. Members of the group docker can become root on this machine.',
          'Or run the same command with sudo: the deployment’s files then belong to root.',
        ],
        cause: thrown,
      });
    default:
      return undefined;
  }
}

function notRunning(found: string, start: string, endpoint: Endpoint, cause: unknown): Failure {
  return new Failure('docker-not-running', 'The Docker engine is not running.', {
    found,
    expected: 'an engine that answers on this socket',
    nextSteps: [
      start,
      ...(endpoint.source === 'default'
        ? ['No such service: sudo apt-get install docker.io']
        : [`Not the engine you meant: docker context ls, or unset DOCKER_HOST`]),
    ],
    cause,
  });
}

/** Any other trouble with an engine that does answer. */
export function engineTrouble(
  thrown: unknown,
  { endpoint }: Pick<Surroundings, 'endpoint'>,
): Failure {
  const status = statusOf(thrown);
  // The engine hands the errno of its own disk work on as text, under status 500.
  if (status === 500 && wordsOf(thrown).includes('no space left on device')) {
    return new Failure('disk-full', 'No space left where the Docker engine had to write.', {
      found: `${wordsOf(thrown)} (${endpoint.host})`,
      nextSteps: [
        'df -h; df -i',
        'docker system df',
        'Free some space, then run the same command again: it goes on where it stopped.',
      ],
      cause: thrown,
    });
  }
  const silent = thrown instanceof Error && thrown.name === 'TimeoutError';
  return new Failure(
    'docker-failed',
    silent
      ? 'The Docker engine does not answer.'
      : status === undefined
        ? 'The conversation with the Docker engine broke off.'
        : `The Docker engine refused a request (HTTP ${status}).`,
    {
      found: `${wordsOf(thrown)} (${endpoint.host})`,
      nextSteps: ['docker info', 'sudo journalctl -u docker --since -10min'],
      cause: thrown,
    },
  );
}
