"use client";
/** What every page stands on: the cache of answers from the REST API. */
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { SESSION_KEY } from "@/features/session/session-gate";
import { ApiError } from "@/lib/api/problem";

const RETRIES_MAX = 2;
const FRESH_MS = 30_000;

export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(newClient);
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}

/** An answer that says that nobody is signed in makes the session be asked for again. */
function newClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof ApiError && error.status === 401) void client.invalidateQueries({ queryKey: SESSION_KEY });
      },
    }),
    defaultOptions: { queries: { retry: worthRetrying, staleTime: FRESH_MS } },
  });
  return client;
}

/** A refusal says the same again; a failure may not. */
function worthRetrying(failures: number, error: Error): boolean {
  const refused = error instanceof ApiError && error.status >= 400 && error.status < 500;
  return !refused && failures < RETRIES_MAX;
}
