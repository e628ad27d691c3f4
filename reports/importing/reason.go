package importing

// reason is why a row is refused: a word that stays the same in files and statistics, and with the prefix import.reason. a key of the
// catalogue.
type reason string

const (
	reasonFields      reason = "fields"       // too few or too many for the header
	reasonRecord      reason = "record"       // not an object
	reasonNoID        reason = "id_missing"   //
	reasonLongID      reason = "id_long"      //
	reasonRepeated    reason = "repeated"     // the number stood in the file before, with other content
	reasonKnown       reason = "known_other"  // the number is known, with other content
	reasonNoPlace     reason = "no_position"  //
	reasonUnreadable  reason = "position"     // not two numbers
	reasonNotFinite   reason = "not_finite"   //
	reasonRange       reason = "range"        //
	reasonNullIsland  reason = "null_island"  // 0/0
	reasonSwapped     reason = "swapped"      // longitude and latitude
	reasonOutside     reason = "outside"      // the area of the mapping
	reasonGeometry    reason = "geometry"     // not a point
	reasonNoDate      reason = "no_date"      //
	reasonDate        reason = "date"         // not of the mapping's forms
	reasonOld         reason = "date_old"     // before 1970, or its first days: a zero that became a date
	reasonFuture      reason = "date_future"  //
	reasonClosedEarly reason = "closed_early" // before it was created
	reasonClosedOpen  reason = "closed_open"  // a date of closing, and an open state
	reasonStatus      reason = "status"       // not in the mapping
	reasonNoCategory  reason = "no_category"  //
	reasonCategory    reason = "category"     // a slug that we do not have
	reasonControl     reason = "control"      // control characters
	reasonLong        reason = "long"         //
	reasonNoStreet    reason = "no_street"    // addresses
)

// refusal is a reason with what it is about: a column, a text of the file.
type refusal struct {
	reason reason
	detail string
}
