import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import { Failure } from '../../domain/failure.ts';
import type { Endpoint } from '../../ports/engine.ts';
import type { Host } from '../../ports/host.ts';
import { type EndpointSettings, resolveEndpoint } from './endpoint.ts';
import { connectFailure, engineTrouble } from './engine-failure.ts';

/** Longest wait for an answer that is not a stream, milliseconds. */
const answerLimit = 30_000;
/** Longest wait for a sign of life, milliseconds. */
const pingLimit = 5_000;

/**
 * One engine, resolved at the first use and given to every client alike. Every error that leaves
 * here is a Failure, told apart by asking the socket again where the error itself does not say.
 */
export class DockerConnection {
  readonly #settings: EndpointSettings;
  readonly #host: Pick<Host, 'which'>;
  #endpoint: Endpoint | undefined;
  #docker: Dockerode | undefined;

  constructor(settings: EndpointSettings, host: Pick<Host, 'which'>) {
    this.#settings = settings;
    this.#host = host;
  }

  /** @throws Failure as `resolveEndpoint`. */
  async endpoint(): Promise<Endpoint> {
    this.#endpoint ??= await resolveEndpoint(this.#settings);
    return this.#endpoint;
  }

  /** Asks and waits for the whole answer, up to a limit that the signal carries. */
  async ask<T>(question: (docker: Dockerode, abortSignal: AbortSignal) => Promise<T>): Promise<T> {
    const limit = AbortSignal.timeout(answerLimit);
    try {
      return await Promise.race([question(await this.#client(), limit), rejectedBy(limit)]);
    } catch (error) {
      throw await this.failure(limit.aborted ? limit.reason : error);
    }
  }

  /**
   * Opens a streamed answer, whose bytes are not collected. Errors are those of `dial`, unclassified:
   * the caller knows what its signal and its statuses mean.
   */
  async stream(
    method: 'GET' | 'POST',
    path: string,
    query: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<Readable> {
    const docker = await this.#client();
    return new Promise((resolve, reject) => {
      docker.modem.dial(
        {
          path: `${path}?`,
          method,
          options: { _query: query, _body: {} },
          isStream: true,
          statusCodes: { 200: true },
          ...(signal && { abortSignal: signal }),
        },
        (error, answer) => {
          if (error) reject(error);
          else if (answer instanceof Readable) resolve(answer as IncomingMessage);
          else reject(new TypeError('dockerode gave no stream'));
        },
      );
    });
  }

  /** Why the engine does not answer, or undefined if it does. */
  async outage(): Promise<Failure | undefined> {
    const endpoint = await this.endpoint();
    const limit = AbortSignal.timeout(pingLimit);
    try {
      const docker = await this.#client();
      await docker.listContainers({ limit: 1, abortSignal: limit });
      return undefined;
    } catch (error) {
      if (error instanceof Failure) return error;
      const thrown = limit.aborted ? limit.reason : error;
      return (
        connectFailure(thrown, await this.#surroundings(endpoint)) ??
        engineTrouble(thrown, { endpoint })
      );
    }
  }

  /** What was thrown by dockerode or one of its streams, as a Failure. */
  async failure(thrown: unknown): Promise<Failure> {
    if (thrown instanceof Failure) return thrown;
    const endpoint = await this.endpoint();
    const refused = connectFailure(thrown, await this.#surroundings(endpoint));
    return refused ?? (await this.#outageBehind(thrown)) ?? engineTrouble(thrown, { endpoint });
  }

  /** A conversation that broke off may mean that the engine is gone: the socket knows. */
  async #outageBehind(thrown: unknown): Promise<Failure | undefined> {
    if (thrown instanceof Error && 'statusCode' in thrown) return undefined;
    return this.outage();
  }

  async #surroundings(endpoint: Endpoint) {
    return { endpoint, dockerInPath: (await this.#host.which('docker')) !== undefined };
  }

  async #client(): Promise<Dockerode> {
    const { host } = await this.endpoint();
    if (!this.#docker) {
      const [{ default: Client }, { Agent }] = await Promise.all([
        import('dockerode'),
        import('node:http'),
      ]);
      const options = {
        socketPath: host.slice('unix://'.length),
        // dockerode fills what is absent from DOCKER_HOST of the environment: leave nothing absent.
        host: undefined,
        port: undefined,
        protocol: 'http' as const,
        ca: undefined,
        cert: undefined,
        key: undefined,
        // No kept connections: one that the engine closed meanwhile fails the next question.
        agent: new Agent({ keepAlive: false }),
      };
      this.#docker = new Client(options);
    }
    return this.#docker;
  }
}

/** dockerode passes no signal on in some of its calls. */
function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
