import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { Failure } from '../../domain/failure.ts';
import type { PullProgress } from '../../ports/engine.ts';
import { wordsOf } from './engine-failure.ts';

/** The engine said, inside its stream of progress, that the pull failed. */
export class PullError extends Error {
  override readonly name = 'PullError';
  /** HTTP-like code of `errorDetail`, where the engine gives one. */
  readonly status: number | undefined;

  constructor(message: string, status: number | undefined) {
    super(message);
    this.status = status;
  }
}

/** With a tag, unless there is one or a digest: without, the engine would pull every tag. */
export function pullReference(ref: string): string {
  if (ref.includes('@')) return ref;
  return ref.slice(ref.lastIndexOf('/') + 1).includes(':') ? ref : `${ref}:latest`;
}

/** Objects of a stream of JSON lines, torn anywhere. Lines that are no JSON object are passed over. */
async function* jsonLines(stream: Readable): AsyncGenerator<object> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of stream) {
    rest += decoder.write(chunk);
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield* jsonObject(line);
  }
  yield* jsonObject(rest);
}

function* jsonObject(line: string): Generator<object> {
  if (line.trim() === '') return;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return;
  }
  if (typeof value === 'object' && value !== null) yield value;
}

interface Message {
  readonly id?: unknown;
  readonly status?: unknown;
  readonly error?: unknown;
  readonly errorDetail?: { readonly code?: unknown; readonly message?: unknown } | null;
  readonly progressDetail?: { readonly current?: unknown; readonly total?: unknown } | null;
}

/**
 * Progress by layer from the body of `POST /images/create`; lines about the image as a whole are
 * left out. @throws PullError
 */
export async function* pullProgress(body: Readable): AsyncGenerator<PullProgress> {
  for await (const message of jsonLines(body) as AsyncGenerator<Message>) {
    if (message.error !== undefined || message.errorDetail) {
      const { code, message: text } = message.errorDetail ?? {};
      throw new PullError(
        String(text ?? message.error),
        typeof code === 'number' ? code : undefined,
      );
    }
    const { id, status, progressDetail } = message;
    if (typeof id !== 'string' || typeof status !== 'string') continue;
    if (status.startsWith('Pulling from')) continue;
    const { current, total } = progressDetail ?? {};
    yield {
      layer: id,
      status,
      ...(typeof current === 'number' && { current }),
      ...(typeof total === 'number' && total > 0 && { total }),
    };
  }
}

/** Why an engine that is alive did not pull. */
export function pullFailure(ref: string, thrown: unknown, status: number | undefined): Failure {
  const found = wordsOf(thrown);
  // The engine passes these on as text only: inside the stream there is often no status.
  if (status === 404 || /manifest unknown|repository does not exist/.test(found)) {
    return new Failure('image-not-found', `The image ${ref} does not exist.`, {
      found,
      expected: 'an image that the registry has and gives to this machine',
      nextSteps: [
        `docker pull ${ref}`,
        'If the registry wants a login: docker login, then docker pull, then run this again: an image that is here is not pulled.',
        'To use another image: --image SERVICE=REF',
      ],
      cause: thrown,
    });
  }
  if (found.includes('no space left on device')) {
    return new Failure('disk-full', `No space left to store the image ${ref}.`, {
      found,
      nextSteps: ['docker system df', 'docker image prune', 'Then run the same command again.'],
      cause: thrown,
    });
  }
  return new Failure('image-pull-failed', `The engine could not pull ${ref}.`, {
    found,
    expected: 'the registry reachable from the engine',
    nextSteps: [
      `docker pull ${ref}`,
      'Look-up failed ("no such host"): check the DNS servers in /etc/resolv.conf.',
      'Behind a proxy: the engine needs it too (HTTPS_PROXY in a drop-in of docker.service, then sudo systemctl restart docker).',
      'Then run the same command again: layers that arrived are kept.',
    ],
    cause: thrown,
  });
}
