// Generated code in the forms that a document of this repository does not call for: token types,
// unions, answers by status, forms, files, media types and servers.

pub const SERVER: Option<&str> = None;

impl<T: crate::Token> crate::Client<T> {
    /// Makes a pet.
    ///
    /// `POST /pets`, with a [`ApiKey`](crate::access::ApiKey).
    ///
    /// It is served at <https://pets.example.com>: [make a client](crate::ClientBuilder::base_url) for that.
    pub fn create_pet(&self, body: types::Pet) -> requests::CreatePet<T>
    where
        T: access::ApiKeyOrOAuth2WithLogin,
    {
        requests::CreatePet::new(self.clone(), body)
    }

    /// `POST /photos`, with a [`ApiKey`](crate::access::ApiKey).
    pub fn add_photo(&self, photo: impl Into<crate::runtime::File>) -> requests::AddPhoto<T>
    where
        T: access::ApiKeyOnly,
    {
        requests::AddPhoto::new(self.clone(), photo)
    }
}

pub mod requests {
    use super::types;
    use crate::runtime::{Method, Operation, Request};
    use crate::runtime::{Place, Style};
    use crate::{Client, Error};

    #[derive(Clone, Debug)]
    #[must_use = "a request does nothing until it is sent"]
    pub struct CreatePet<T> {
        client: Client<T>,
        filter: Option<types::Cat>,
        session: Option<String>,
        body: types::Pet,
    }

    impl<T: crate::Token> CreatePet<T> {
        const OPERATION: Operation = Operation {
            name: "create_pet",
            method: Method::POST,
            path: "/pets",
            server: Some("https://pets.example.com"),
            token: true,
            secrets: &[],
        };

        pub(super) fn new(client: Client<T>, body: types::Pet) -> Self {
            Self { client, filter: None, session: None, body }
        }

        pub fn filter(mut self, filter: types::Cat) -> Self {
            self.filter = Some(filter);
            self
        }

        pub fn session(mut self, session: impl Into<String>) -> Self {
            self.session = Some(session.into());
            self
        }

        pub fn call(&self) -> Result<types::CreatePetResponse, Error> {
            self.request()
                .by_status(|answer| match answer.status() {
                    200 => answer.json().map(types::CreatePetResponse::Ok),
                    204 => Ok(types::CreatePetResponse::NoContent),
                    _ => answer.unexpected(),
                })
        }

        fn request(&self) -> Request {
            Request::new(&self.client.session, &Self::OPERATION)
                .accept("application/json, text/csv")
                .value(ParameterLocation::Query, "filter", Style::Deep, true, self.filter.as_ref())
                .cookie("session", &self.session)
                .json_body("application/vnd.pets+json", Some(&self.body))
        }
    }

    #[derive(Clone, Debug)]
    pub struct AddPhoto<T> {
        client: Client<T>,
        photo: crate::runtime::File,
        title: Option<String>,
    }

    impl<T: crate::Token> AddPhoto<T> {
        const OPERATION: Operation = Operation {
            name: "add_photo",
            method: Method::POST,
            path: "/photos",
            server: None,
            token: true,
            secrets: &[],
        };

        pub(super) fn new(client: Client<T>, photo: impl Into<crate::runtime::File>) -> Self {
            Self { client, photo: photo.into(), title: None }
        }

        pub fn title(mut self, title: impl Into<String>) -> Self {
            self.title = Some(title.into());
            self
        }

        pub fn call(&self) -> Result<String, Error> {
            self.request().text()
        }

        fn request(&self) -> Request {
            Request::new(&self.client.session, &Self::OPERATION)
                .multipart()
                .files("photo", Some("image/png"), &[self.photo.clone()])
                .part("title", None, self.title.as_ref())
        }
    }
}

pub mod access {
    /// The key that the document calls `api_key`. It is sent as the header `X-API-Key`.
    #[derive(Clone)]
    pub struct ApiKey(crate::runtime::AuthSecret);

    impl ApiKey {
        pub fn new(key: impl Into<String>) -> Result<Self, crate::Error> {
            crate::runtime::AuthSecret::key(crate::runtime::KeyLocation::Header, "X-API-Key", key)
                .map(Self)
        }
    }

    crate::token!(ApiKey);

    #[derive(Clone)]
    pub struct OAuth2(crate::runtime::AuthSecret);

    impl OAuth2 {
        pub fn new(token: impl Into<String>) -> Result<Self, crate::Error> {
            crate::runtime::AuthSecret::bearer(token).map(Self)
        }
    }

    crate::token!(OAuth2);

    #[derive(Clone)]
    pub struct Login(crate::runtime::AuthSecret);

    impl Login {
        pub fn new(
            user_name: impl Into<String>,
            password: impl Into<String>,
        ) -> Result<Self, crate::Error> {
            crate::runtime::AuthSecret::basic(user_name, password).map(Self)
        }
    }

    crate::token!(Login);

    pub trait ApiKeyOnly: crate::Token {}

    impl ApiKeyOnly for ApiKey {}

    pub trait ApiKeyOrOAuth2WithLogin: crate::Token {}

    impl ApiKeyOrOAuth2WithLogin for ApiKey {}
    impl ApiKeyOrOAuth2WithLogin for (OAuth2, Login) {}
}

pub mod types {
    pub use crate::runtime::File;

    #[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
    #[non_exhaustive]
    pub struct Cat {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub lives: Option<u64>,
    }

    #[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
    #[non_exhaustive]
    pub struct Dog {
        #[serde(rename = "Name", default, skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
    }

    #[derive(Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub enum Pet {
        /// With the tag `cat`.
        Cat(Box<Cat>),
        /// With the tag `dog`.
        Dog(Box<Dog>),
        /// What fits none of these, as it came.
        Other(serde_json::Value),
    }

    crate::union!(Pet, "petType" { Cat(Box<Cat>) = "cat" | "kitten", Dog(Box<Dog>) = "dog" });

    #[derive(Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub enum Size {
        Number(f64),
        Text(String),
        Other(serde_json::Value),
    }

    crate::union!(Size { Number(f64), Text(String) });

    /// What [`create_pet`](crate::Client::create_pet) answers with, by its status.
    #[derive(Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub enum CreatePetResponse {
        /// 200: The pet.
        Ok(Pet),
        /// 204: It was known.
        NoContent,
    }
}
