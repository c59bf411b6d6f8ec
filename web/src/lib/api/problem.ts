/** A refusal or a failure of the REST API, as the rest of the app sees it. */
import type { components } from "./schema";

export type ProblemDocument = components["schemas"]["ProblemDocument"];

/** The code of requests that got no answer at all. */
export const UNREACHABLE = "unreachable";

export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
    readonly request_id: string | undefined,
    readonly retry_after_s: number | undefined = undefined,
  ) {
    super(message);
  }
}

/** Reads what a refused request answered with; a proxy in between may have answered with anything. */
export async function problemOf(response: Response): Promise<ApiError> {
  const document = (await response.json().catch(() => ({}))) as Partial<ProblemDocument>;
  const message = document.detail ?? document.title ?? `The server answered with status ${response.status}.`;
  const request_id = document.instance ?? response.headers.get("x-request-id") ?? undefined;
  const retry_after = Number(response.headers.get("retry-after") ?? Number.NaN);
  const retry_after_s = Number.isFinite(retry_after) ? retry_after : undefined;
  return new ApiError(document.code ?? `http_${response.status}`, response.status, message, request_id, retry_after_s);
}
