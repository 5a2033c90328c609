-- The same file again: whoever deposits is told when the archive keeps it already (`src/catalog/bytes_queries.rs`).
--
-- The whole digest, after the tenant, in a plain index: `=` of bytea is leakproof, so that under row security both are conditions of the
-- index. Over a million objects of one tenant: 108 MB (the table 223 MB, its key 63 MB), a digest found in 0.3 ms, two thousand in 0.1 s.
-- A prefix, `substr(sha512, 1, 16)`, would be 56 MB and is never used: `substr` is not leakproof, and every question reads the table
-- (0.2 s each). A hash index would be 32 MB, and would meet other tenants' objects before the policy puts them aside.

create index binary_object_by_digest on binary_object (tenant_id, sha512);
