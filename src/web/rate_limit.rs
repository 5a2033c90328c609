//! What a member has left of a share, in the headers of its answers (draft-ietf-httpapi-ratelimit-headers).
//!
//! Counts nothing: [`super::shares`] does.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LEFT: HeaderName = HeaderName::from_static("ratelimit");

/// A share, and what is left of it.
#[derive(Clone, Copy, Debug)]
pub struct Left {
    /// Of the policy.
    pub name: &'static str,
    pub burst: u32,
    pub per_second: u32,
    /// Whole and begun.
    pub left: f64,
}

impl Left {
    /// Says how many may be asked in how long, how many are left, and when all are again.
    pub fn tell(self, headers: &mut HeaderMap) {
        let Self { name, burst, left, .. } = self;
        let per_second = self.per_second.max(1);
        let missing = (f64::from(burst) - left).max(0.0) / f64::from(per_second);
        let policy = format!("\"{name}\";q={burst};w={}", burst.div_ceil(per_second).max(1));
        let left = format!("\"{name}\";r={};t={}", left.max(0.0).floor(), missing.ceil());
        for (header, value) in [(POLICY, policy), (LEFT, left)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(header, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_as_the_draft_writes_it() {
        let told = |left| {
            let mut headers = HeaderMap::new();
            Left { name: "requests", burst: 3, per_second: 2, left }.tell(&mut headers);
            [POLICY, LEFT].map(|name| headers.get(name).unwrap().to_str().unwrap().to_owned())
        };
        assert_eq!(told(3.0), ["\"requests\";q=3;w=2", "\"requests\";r=3;t=0"]);
        assert_eq!(told(2.4)[1], "\"requests\";r=2;t=1");
        assert_eq!(told(0.2)[1], "\"requests\";r=0;t=2");
    }
}
