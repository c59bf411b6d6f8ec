/** Signing in and out, and making the first administrator. */
import { ApiError } from "./problem";
import { request } from "./request";

export interface Session {
  readonly user: { readonly id: string; readonly email: string; readonly name: string };
  readonly organisation: {
    readonly id: string;
    readonly name: string;
    readonly currency: string;
    readonly time_zone: string;
  };
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export interface SetupStatement extends Credentials {
  readonly token: string;
  readonly name: string;
}

/** The least length of a password, in characters. */
export const PASSWORD_LENGTH_MIN = 12;

/** Null where nobody is signed in. */
export async function readSession(signal?: AbortSignal): Promise<Session | null> {
  try {
    return await request<Session>("/api/v1/session", signal ? { signal } : {});
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

export function signIn(credentials: Credentials): Promise<Session> {
  return request("/api/v1/session", { method: "POST", body: credentials });
}

export function signOut(): Promise<void> {
  return request("/api/v1/session", { method: "DELETE" });
}

export async function setupNeeded(signal?: AbortSignal): Promise<boolean> {
  const { needed } = await request<{ needed: boolean }>("/api/v1/setup", signal ? { signal } : {});
  return needed;
}

export function setUp(statement: SetupStatement): Promise<Session> {
  return request("/api/v1/setup", { method: "POST", body: statement });
}
