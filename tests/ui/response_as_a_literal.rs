use fitrankings::types::UserStatSummary;

fn main() {
    let _ = UserStatSummary {
        user_id: 1,
        met_minutes: None,
        distance: None,
        duration: None,
        calories: None,
        steps: None,
    };
}
