-- Which vendor gave a proof of reasoning: it is sent to no other. Only what it is recognised by is kept.
CREATE TABLE routing_proofs (
    one      INTEGER NOT NULL,
    other    INTEGER NOT NULL,
    vendor   TEXT    NOT NULL,
    noted_at INTEGER NOT NULL,
    PRIMARY KEY (one, other)
) STRICT, WITHOUT ROWID;

CREATE INDEX routing_proofs_noted ON routing_proofs (noted_at);
