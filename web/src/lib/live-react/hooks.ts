"use client";
/** Live figures, the live feed and the state of the connection, as React sees them. */
import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { topicKey, type ErrorFrame, type Feed, type KpiTopic, type KpiValue, type LiveStatus } from "@/lib/live";
import { useLiveClient } from "./provider";

const UNKNOWN: LiveStatus = { status: "connecting", proven_at_ms: undefined, retry_at_ms: undefined, refused: false };

export function useLiveStatus(): LiveStatus {
  const client = useLiveClient();
  const subscribe = useCallback((changed: () => void) => client?.onStatus(changed) ?? (() => {}), [client]);
  return useSyncExternalStore(
    subscribe,
    () => client?.status() ?? UNKNOWN,
    () => UNKNOWN,
  );
}

export interface LiveKpi {
  readonly value: KpiValue | undefined;
  readonly error: ErrorFrame | undefined;
}

const NOTHING: LiveKpi = { value: undefined, error: undefined };

/** The topic may be a new object on each render: equal topics are one subscription. */
export function useLiveKpi(topic: KpiTopic): LiveKpi {
  const client = useLiveClient();
  const key = topicKey(topic);
  const text = JSON.stringify(topic);
  const [held, setHeld] = useState<{ key: string; kpi: LiveKpi }>();
  useEffect(() => {
    if (!client) return undefined;
    return client.subscribe(
      JSON.parse(text) as KpiTopic,
      (value) => setHeld({ key, kpi: { value, error: undefined } }),
      {
        onError: (error) => setHeld({ key, kpi: { value: undefined, error } }),
      },
    );
  }, [client, key, text]);
  return held?.key === key ? held.kpi : NOTHING;
}

/** The feed of deal changes, from so many journal entries before the present on. */
export function useDealFeed(last: number): { feed: Feed | undefined; error: ErrorFrame | undefined } {
  const client = useLiveClient();
  const [feed, setFeed] = useState<Feed>();
  const [error, setError] = useState<ErrorFrame>();
  useEffect(() => {
    const take = (next: Feed) => {
      setFeed(next);
      setError(undefined);
    };
    return client?.subscribe({ kind: "deals" }, take, { resume: { last }, onError: setError });
  }, [client, last]);
  return { feed, error };
}
