import { Failure } from '../domain/failure.ts';
import { toolVersion } from '../domain/version.ts';
import type { ToolAnswer, VendorSide } from '../ports/mcp-client.ts';
import type { Edge } from './edge/edge.ts';
import { EdgeFailure } from './edge/edge-failure.ts';
import {
  edgeReason,
  ServerConnection,
  ServerUnreached,
  textOf,
} from './messages/server-connection.ts';

/** Calls a tool as the vendor's own client does: an official MCP client behind the simulated edge. */
export class SimulatedVendorSide implements VendorSide {
  readonly name = 'simulated edge';
  readonly #edge: Edge;

  constructor(edge: Edge) {
    this.#edge = edge;
  }

  async servedCertificate({
    host,
    timeoutMs,
  }: {
    host: string;
    timeoutMs: number;
  }): Promise<string> {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      return await this.#edge.servedCertificate({ host, signal });
    } catch (error) {
      const reason = error instanceof EdgeFailure ? edgeReason(error).reason : String(error);
      throw new Failure('verification-failed', `The vendor's side could not reach ${host}.`, {
        found: signal.aborted ? `no answer within ${timeoutMs} ms` : reason,
        expected: 'a TLS handshake through edge, cloudflared and proxy',
        nextSteps: ['docker compose logs mcp-proxy cloudflared'],
        cause: error,
      });
    }
  }

  async callTool(call: Parameters<VendorSide['callTool']>[0]): Promise<ToolAnswer> {
    const { url, tool, timeoutMs } = call;
    const signal = AbortSignal.timeout(timeoutMs);
    const failed = (reason: string, cause: unknown) =>
      failure(url, signal.aborted ? `no answer within ${timeoutMs} ms` : reason, cause);
    const about = { name: 'mcp-tunnel-rehearsal', version: toolVersion };
    const server = await ServerConnection.open(this.#edge, { url, ...about, signal }).catch(
      (error: unknown) => {
        if (error instanceof ServerUnreached) throw failed(error.why.reason, error.cause);
        throw error;
      },
    );
    try {
      const request = { name: tool, arguments: { ...call.arguments } };
      const { isError, content } = await server.client.callTool(request, undefined, { signal });
      return { isError: isError === true, text: textOf(content) };
    } catch (error) {
      throw failed(server.explain(error).reason, error);
    } finally {
      await server.close();
    }
  }
}

function failure(url: string, reason: string, cause: unknown): Failure {
  return new Failure('verification-failed', `The vendor's side could not call ${url}.`, {
    found: reason,
    expected: "the tool's answer through edge, cloudflared, inner TLS and proxy",
    nextSteps: ['docker compose logs mcp-proxy cloudflared'],
    cause,
  });
}
